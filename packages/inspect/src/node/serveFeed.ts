import { randomBytes } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FeedEnd } from '../feed/channel.ts';
import type { Feed } from '../feed/feed.ts';
import { feedPath, feedProtocol, traceProtocol } from '../feed/protocol.ts';
import { type AdmissionOptions, admit } from './admission.ts';

/** Options to serve a feed. */
export interface ServeFeedOptions extends AdmissionOptions {
  /** Path of the feed. Default `/inspector/feed`. */
  readonly path?: string;
}

/** A feed that is served. */
export interface ServedFeed {
  /**
   * Takes over a WebSocket handshake, as the `upgrade` event of a Node server hands it out, if it is for this feed. A request
   * for another upgrade is not.
   *
   * @returns Whether it was.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Token that viewers and clients must send. */
  readonly token: string;
  /** Closes every WebSocket. */
  close(): void;
}

/** The longest message that is read. Bytes. */
const maxMessageBytes = 1024 * 1024;

/** Maximum number of viewers and clients together. */
const maxSockets = 256;

/** Refuses a handshake, and closes the connection, even if the client keeps its side open. */
function refuse(socket: Duplex, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * Serves a feed over WebSockets. It does not listen by itself: pass it the `upgrade` events of a Node HTTP server.
 *
 * @example
 * ```ts
 * const served = serveFeed(createFeed(recorder));
 * http.on('upgrade', served.upgrade);
 * console.log(served.token);
 * ```
 */
export function serveFeed(feed: Feed, options: ServeFeedOptions = {}): ServedFeed {
  const { path = feedPath, token = randomBytes(24).toString('base64url'), origins } = options;
  if (token === '') throw new Error('The token of the feed is empty.');
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => [feedProtocol, traceProtocol].find((known) => offered.has(known)) ?? false,
  });

  const join = (webSocket: WebSocket): FeedEnd => {
    if (webSocket.protocol === traceProtocol) return feed.push();
    const channel = {
      send: (text: string) => webSocket.send(text),
      get bufferedAmount() {
        return webSocket.bufferedAmount;
      },
    };
    return feed.view(channel, () => webSocket.terminate());
  };

  return {
    token,
    upgrade(request, socket, head) {
      const [asked] = (request.url ?? '').split('?');
      if (asked !== path || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
      socket.on('error', () => {});
      const status = admit(request, { token, origins });
      if (status !== 101) {
        refuse(socket, status);
      } else if (webSockets.clients.size >= maxSockets) {
        refuse(socket, 503);
      } else {
        webSockets.handleUpgrade(request, socket, head, (webSocket) => {
          // `close` follows, and is sufficient.
          webSocket.on('error', () => {});
          const joined = join(webSocket);
          webSocket.on('message', (data, isBinary) => isBinary || joined.received(String(data)));
          webSocket.on('close', () => joined.left());
        });
      }
      return true;
    },
    close() {
      feed.close();
      for (const webSocket of webSockets.clients) webSocket.terminate();
      webSockets.close();
    },
  };
}
