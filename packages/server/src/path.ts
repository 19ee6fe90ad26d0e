/**
 * The app that a signalling path names: `/<app>/websocket`.
 *
 * Repeated slashes, a slash at the end and any query are tolerated: the documents that people copy from have the first,
 * and an SDK adds `?target=` again at each reconnect.
 *
 * @see docs/protocol.md § Endpoint
 */
export const appOf = (url: string): string | undefined =>
  /^\/+([A-Za-z0-9_.-]{1,255})\/+websocket\/*(?:[?#].*)?$/.exec(url)?.[1];
