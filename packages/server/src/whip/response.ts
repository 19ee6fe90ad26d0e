import type { HttpResponse, IceServer } from '@sigchart/core/machines';

/** Media type of a description. */
export const sdpType = 'application/sdp';

/** Media type of a fragment of a description. @see RFC 8840 § 9 */
export const fragmentType = 'application/trickle-ice-sdpfrag';

/** Value of `Retry-After` for 503. Seconds. */
const retryAfterSeconds = 5;

/** Headers that let a page of any origin be a client. Rights are shown by a token, never by a cookie. */
const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Location, ETag, Link, Accept-Patch, Retry-After, WWW-Authenticate',
};

/** A text as a quoted string. @see RFC 9110 § 5.6.4 */
const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** @see RFC 9725 § 4.6 */
const linkTo = ({ urls, username, credential }: IceServer) => {
  const credentials =
    username === undefined || credential === undefined
      ? []
      : [`username=${quoted(username)}`, `credential=${quoted(credential)}`, 'credential-type="password"'];
  return [`<${urls}>`, 'rel="ice-server"', ...credentials].join('; ');
};

/** A response without a body of its own: to the browser's preflight, or about what is allowed. */
export const allowed = (methods: string, accepts: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...crossOrigin,
      ...accepts,
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'Authorization, Content-Type, If-Match, ETag',
      'access-control-max-age': '86400',
    },
  });

/** A refusal. The body says why, for people (RFC 9457). */
export function refused(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const more: Record<string, string> = { ...crossOrigin, ...headers, 'content-type': 'application/problem+json' };
  if (status === 401) more['www-authenticate'] = 'Bearer';
  if (status === 503) more['retry-after'] = String(retryAfterSeconds);
  return new Response(JSON.stringify({ status, detail }), { status, headers: more });
}

/** The HTTP response for an answer of a resource's machine. `location` is the path of the resource. */
export function responseOf(response: HttpResponse, location: string): Response {
  const { status, sdp, fragment, tag, iceServers = [], reason } = response;
  if (reason !== undefined) return refused(status, reason);
  const headers = new Headers(crossOrigin);
  if (tag !== undefined) headers.set('etag', quoted(tag));
  if (sdp !== undefined) {
    headers.set('content-type', sdpType);
    headers.set('location', location);
    headers.set('accept-patch', fragmentType);
  }
  if (fragment !== undefined) headers.set('content-type', fragmentType);
  if (iceServers.length > 0) headers.set('link', iceServers.map(linkTo).join(', '));
  return new Response(sdp ?? fragment ?? null, { status, headers });
}
