import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeWebSocket } from './wsSocket.ts';

/** Status code: the server could serve this client at another time. @see RFC 6455 § 7.4.1, IANA */
const tryAgainLater = 1013;

/**
 * A connection that has sent no message yet and may lose its place to another. It is destroyed before it is a WebSocket, and
 * closed with a code afterwards. It lives as long as the socket, so it holds no reference to the request.
 */
export class Replaceable {
  readonly #connection: Duplex;
  #webSocket: WebSocket | undefined;

  constructor(connection: Duplex) {
    this.#connection = connection;
  }

  /** The opening handshake is done. */
  opened(webSocket: WebSocket): void {
    this.#webSocket = webSocket;
  }

  readonly replace = (): void => {
    if (this.#webSocket === undefined) this.#connection.destroy();
    else closeWebSocket(this.#webSocket, tryAgainLater, 'the server has as many sockets as it may have');
  };
}
