/** What the page's own address asks for. */
export interface Address {
  /** The app of the server: the first part of the signalling path. Default `live`. */
  readonly app: string;
  /** The stream or the call, when `?id=` names one. */
  readonly streamId: string | undefined;
  /** The conference, when `?room=` names one. */
  readonly room: string | undefined;
  /** Whoever uses the page, when `?name=` says. */
  readonly name: string | undefined;
  /** What to send, when `?source=` names it. */
  readonly source: string | undefined;
  /** Whether to start at once. */
  readonly auto: boolean;
}

/** Reads `?app=`, `?id=`, `?room=`, `?name=`, `?source=` and `?auto`. */
export function readAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  return {
    app: parameters.get('app') || 'live',
    streamId: parameters.get('id') || undefined,
    room: parameters.get('room') || undefined,
    name: parameters.get('name') || undefined,
    source: parameters.get('source') || undefined,
    auto: parameters.has('auto'),
  };
}

/** Where the server that served this page takes signalling. */
export const signallingUrl = ({ protocol, host }: Pick<Location, 'protocol' | 'host'>, app: string): string =>
  `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/${encodeURIComponent(app)}/websocket`;

/** The address of `page`, beside the page at `here`, with the parameter that says what it is for. */
export function linkTo(
  page: string,
  here: string,
  { app }: Address,
  [name, value]: readonly [name: 'id' | 'room', value: string],
): string {
  const url = new URL(page, here);
  if (app !== 'live') url.searchParams.set('app', app);
  url.searchParams.set(name, value);
  return url.href;
}
