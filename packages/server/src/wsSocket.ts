import type { MessageSocket, ServerSession } from '@sigchart/core';
import type { RawData, WebSocket } from 'ws';

/** What a client that does not read may leave unread before it is given up. Bytes. */
const maxBufferedBytes = 8 * 1024 * 1024;

/** How long a closing handshake may take. Milliseconds. */
const closeTimeoutMs = 1_000;

const textOf = (data: RawData): string =>
  Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();

/** Joins a `ws` WebSocket to the session that `open` makes for it. Resolves the session's `closed` exactly once. */
export function joinWebSocket(webSocket: WebSocket, open: (socket: MessageSocket) => ServerSession): ServerSession {
  const session = open({
    send(text) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (webSocket.bufferedAmount > maxBufferedBytes) webSocket.terminate();
      else webSocket.send(text);
    },
    ping() {
      if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    },
    close() {
      webSocket.close(1001);
      setTimeout(() => webSocket.terminate(), closeTimeoutMs).unref();
    },
  });
  // Binary frames are no part of this protocol and are passed over (docs/protocol.md § Framing).
  webSocket.on('message', (data, isBinary) => isBinary || session.received(textOf(data)));
  webSocket.on('pong', () => session.ponged());
  webSocket.on('close', () => session.closed());
  // `close` follows, and says all there is to say.
  webSocket.on('error', () => {});
  return session;
}
