/** Parameters of the embeddable page's address: `/<app>/play/<streamId>?controls&sound&token=…`. */
export interface EmbedAddress {
  /** Signalling address: `/<app>/websocket` beside the page, also behind a proxy that adds a path. */
  readonly url: string;
  readonly streamId: string;
  readonly token: string | undefined;
  /** True to show the controls of the browser. */
  readonly controls: boolean;
  /** True to play with sound where the browser allows it. */
  readonly sound: boolean;
}

/** Reads the address of the embeddable page. */
export function readEmbedAddress(href: string): EmbedAddress {
  const page = new URL(href);
  const url = new URL('../websocket', page);
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  const { searchParams } = page;
  return {
    url: url.href,
    streamId: decodeURIComponent(page.pathname.split('/').at(-1) ?? ''),
    token: searchParams.get('token') ?? undefined,
    controls: searchParams.has('controls'),
    sound: searchParams.has('sound'),
  };
}
