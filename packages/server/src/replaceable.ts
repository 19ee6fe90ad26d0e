import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeWebSocket } from './wsSocket.ts';

/** Status code: the server could serve this client at another time. @see RFC 6455 § 7.4.1, IANA */
const tryAgainLater = 1013;

/**
 * A connection that loses its place to another when there is no room and it has said nothing: destroyed before it is a WebSocket, closed
 * with a reason afterwards. It lives as long as the socket does, so it is made apart from the request, which is then free.
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
