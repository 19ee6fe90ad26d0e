/** Offers content to the user as a download. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // Not at once: the browser has not started the download yet.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Offers text to the user as a download. */
export const downloadText = (name: string, text: string, type = 'text/plain'): void =>
  download(name, new Blob([text], { type: `${type};charset=utf-8` }));
