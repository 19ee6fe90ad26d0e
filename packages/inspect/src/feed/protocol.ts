/** Default path of a feed. */
export const feedPath = '/inspector/feed';

/** The WebSocket subprotocol of those who view. */
export const feedProtocol = 'sigchart.feed.2';

/** The WebSocket subprotocol of those who send their own trace. */
export const traceProtocol = 'sigchart.trace.2';

const tokenPrefix = 'sigchart.token.';

/**
 * A WebSocket subprotocol that carries a token, offered beside the requested one. A page cannot set headers, and addresses appear
 * in logs.
 *
 * The token is in hexadecimal, because the characters of a subprotocol are restricted (RFC 6455 § 4.1).
 */
export const tokenProtocol = (token: string): string =>
  tokenPrefix + [...new TextEncoder().encode(token)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The token among the subprotocols that a client offers; `undefined` when it shows none. */
export function tokenIn(offered: readonly string[]): string | undefined {
  const shown = offered.find((name) => name.startsWith(tokenPrefix))?.slice(tokenPrefix.length);
  const bytes = shown?.match(/../g)?.map((pair) => Number.parseInt(pair, 16));
  return bytes && new TextDecoder().decode(Uint8Array.from(bytes));
}
