/** Destination of a request: an address without credentials, and the headers that show them. */
export interface Destination {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * Takes the user and the password out of an address: `fetch` refuses an address that has them, and logs must not have them.
 *
 * @see RFC 7617 § 2
 */
export function destinationOf(address: string): Destination {
  const url = URL.parse(address);
  if (url === null || (url.username === '' && url.password === '')) return { url: address, headers: {} };
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}
