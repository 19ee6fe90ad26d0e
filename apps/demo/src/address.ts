/** Parameters in the page's own address. */
export interface Address {
  /** The app of the server: the first part of the signalling path. Default `live`. */
  readonly app: string;
  /** The stream or the call, when `?id=` names one. */
  readonly streamId: string | undefined;
  /** The conference, when `?room=` names one. */
  readonly room: string | undefined;
  /** User's name, from `?name=`. */
  readonly name: string | undefined;
  /** Kind of capture to publish, from `?source=`. */
  readonly source: string | undefined;
  /** True to start at once. */
  readonly auto: boolean;
  /** True to start with the microphone off. */
  readonly muted: boolean;
}

/** Reads `?app=`, `?id=`, `?room=`, `?name=`, `?source=`, `?auto` and `?muted`. */
export function readAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  return {
    app: parameters.get('app') || 'live',
    streamId: parameters.get('id') || undefined,
    room: parameters.get('room') || undefined,
    name: parameters.get('name') || undefined,
    source: parameters.get('source') || undefined,
    auto: parameters.has('auto'),
    muted: parameters.has('muted'),
  };
}

/** Signalling address of the server that served this page: beside the page, also behind a proxy that adds a path. */
export function signallingUrl(here: string, app: string): string {
  const url = new URL(`${encodeURIComponent(app)}/websocket`, here);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  return url.href;
}

/** The address of `page`, beside the page at `here`, with parameters that say what it is for. */
export function linkTo(
  page: string,
  here: string,
  { app }: Address,
  parameters: Readonly<Record<string, string>>,
): string {
  const url = new URL(page, here);
  if (app !== 'live') url.searchParams.set('app', app);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
