import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenIn } from '../feed/protocol.ts';

/** Options for admission to a feed. */
export interface AdmissionOptions {
  /** Token that every request must have. Default: a random one, available as `ServedFeed.token`. */
  readonly token?: string | undefined;
  /** The only origins, as in `https://example.org`, whose pages may open it. Default any that shows the token. */
  readonly origins?: readonly string[] | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Token in a request: as a subprotocol (browsers), in `Authorization` (programs), or as `?token=`. */
function shownBy({ url = '', headers }: IncomingMessage): string {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const [, query = ''] = url.split('?');
  return (
    tokenIn(offered) ??
    headers.authorization?.replace(/^Bearer\s+/i, '') ??
    new URLSearchParams(query).get('token') ??
    ''
  );
}

/**
 * Decides a request: 101 accepts it, 401 means that the token is missing, 403 that the page is of a foreign origin.
 *
 * The origin of the connection proves nothing: behind a proxy or relay, every client appears to be on this machine, and any page
 * may open a WebSocket to the machine of its user (RFC 6455 § 10.2).
 */
export function admit(
  request: IncomingMessage,
  { token, origins }: { readonly token: string; readonly origins?: readonly string[] | undefined },
): 101 | 401 | 403 {
  const { origin } = request.headers;
  if (origin !== undefined && origins?.includes(origin) === false) return 403;
  return timingSafeEqual(digest(shownBy(request)), digest(token)) ? 101 : 401;
}
