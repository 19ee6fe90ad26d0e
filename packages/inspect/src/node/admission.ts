import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may come in. */
export interface AdmissionOptions {
  /** What everybody has to show as `?token=`. Without one, only this machine is let in. */
  readonly token?: string | undefined;
  /** Origins, as in `https://example.org`, whose pages may come in besides the server's own. */
  readonly origins?: readonly string[] | undefined;
}

const loopback = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

const digest = (text: string) => createHash('sha256').update(text).digest();

/** A proxy on this machine makes everybody look like somebody on this machine, but says whom it speaks for. */
const isForwarded = ({ headers }: IncomingMessage) =>
  headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers['x-real-ip'] !== undefined;

/**
 * Decides over a request: 101 lets it in, 401 lacks the token, 403 is not from where it may be.
 *
 * A page of anybody may open a WebSocket to this machine from its user's browser (RFC 6455 § 10.2), so `Origin` is checked,
 * and without a token `Host` too: a foreign name may have been made to lead here.
 */
export function admit(request: IncomingMessage, { token, origins = [] }: AdmissionOptions): 101 | 401 | 403 {
  const { host = '', origin } = request.headers;
  const asked = urlOf(`http://${host}`);
  const from = origin === undefined ? undefined : urlOf(origin);
  if (origin !== undefined && from === undefined) return 403;
  if (from !== undefined && origins.includes(from.origin)) {
    // Named, so neither the own nor this machine's.
  } else if (token === undefined) {
    if (from !== undefined && !loopbackNames.has(from.hostname)) return 403;
  } else if (from !== undefined && from.host !== asked?.host && from.host !== host) return 403;
  if (token !== undefined) {
    const shown = urlOf(`http://host${request.url ?? ''}`)?.searchParams.get('token') ?? '';
    return timingSafeEqual(digest(shown), digest(token)) ? 101 : 401;
  }
  const isLocal = loopback.test(request.socket.remoteAddress ?? '') && loopbackNames.has(asked?.hostname ?? '');
  return isLocal && !isForwarded(request) ? 101 : 403;
}
