/** What the page's own address asks for. */
export interface Address {
  /** The app of the server: the first part of the signalling path. Default `live`. */
  readonly app: string;
  /** The stream, when `?id=` names one. */
  readonly streamId: string | undefined;
  /** What to publish, when `?source=` names it. */
  readonly source: string | undefined;
  /** Whether to start at once. */
  readonly auto: boolean;
}

/** Reads `?app=`, `?id=`, `?source=` and `?auto`. */
export function readAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  return {
    app: parameters.get('app') || 'live',
    streamId: parameters.get('id') || undefined,
    source: parameters.get('source') || undefined,
    auto: parameters.has('auto'),
  };
}

/** Where the server that served this page takes signalling. */
export const signallingUrl = ({ protocol, host }: Pick<Location, 'protocol' | 'host'>, app: string): string =>
  `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/${encodeURIComponent(app)}/websocket`;

/** The address of `page`, beside the page at `here`, for a stream. */
export function linkTo(page: string, here: string, { app }: Address, streamId: string): string {
  const url = new URL(page, here);
  if (app !== 'live') url.searchParams.set('app', app);
  url.searchParams.set('id', streamId);
  return url.href;
}
