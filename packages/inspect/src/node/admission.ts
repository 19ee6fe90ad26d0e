import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenIn } from '../feed/protocol.ts';

/** Who may open a feed. */
export interface AdmissionOptions {
  /** What everybody has to show. Default one that nobody can guess, as `ServedFeed.token` tells it. */
  readonly token?: string | undefined;
  /** The only origins, as in `https://example.org`, whose pages may open it. Default any that shows the token. */
  readonly origins?: readonly string[] | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** What a request shows: as a subprotocol, as browsers can; as `Authorization`, as programs do; or as `?token=`. */
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
 * Decides on a request: 101 lets it in, 401 lacks the token, 403 comes from a page of a foreign origin.
 *
 * Where a request comes from proves nothing: behind a proxy or a relay, everybody seems to be on this machine, and any page may
 * open a WebSocket to the machine of its user (RFC 6455 § 10.2).
 */
export function admit(
  request: IncomingMessage,
  { token, origins }: { readonly token: string; readonly origins?: readonly string[] | undefined },
): 101 | 401 | 403 {
  const { origin } = request.headers;
  if (origin !== undefined && origins?.includes(origin) === false) return 403;
  return timingSafeEqual(digest(shownBy(request)), digest(token)) ? 101 : 401;
}
