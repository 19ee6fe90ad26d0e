/**
 * The path and query of a request target. A target in absolute form, which clients send to proxies, means the same.
 *
 * @see RFC 9112 § 3.2.2
 */
export const originForm = (target: string): string => {
  const [scheme] = /^https?:\/\/[^/?#]*/i.exec(target) ?? [];
  if (scheme === undefined) return target;
  const rest = target.slice(scheme.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
};

/**
 * The app that a signalling path names: `/<app>/websocket`.
 *
 * Repeated slashes, a slash at the end and any query are tolerated: the documents that people copy from have the first,
 * and an SDK adds `?target=` again at each reconnect.
 *
 * @see docs/protocol.md § Endpoint
 */
export const appOf = (target: string): string | undefined =>
  /^\/+([A-Za-z0-9_.-]{1,255})\/+websocket\/*(?:[?#].*)?$/.exec(originForm(target))?.[1];
