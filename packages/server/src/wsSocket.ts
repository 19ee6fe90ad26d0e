import type { Duplex } from 'node:stream';
import type { MessageSocket, ServerSession } from '@sigchart/core/session';
import type { RawData, WebSocket } from 'ws';
import type { ServerLimits } from './serverLimits.ts';
import type { Place } from './traffic/addresses.ts';
import { Backlog } from './traffic/backlog.ts';
import type { Meter } from './traffic/meter.ts';
import type { Outbox } from './traffic/outbox.ts';
import { Traffic } from './traffic/traffic.ts';

/** Maximum time for a closing handshake. Milliseconds. */
const closeTimeoutMs = 1_000;

/** Status codes of a closing handshake. @see RFC 6455 § 7.4.1 */
const [goingAway, policyViolation] = [1001, 1008];

const textOf = (data: RawData): string =>
  Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();

const lengthOf = (data: RawData): number =>
  Array.isArray(data) ? data.reduce((sum, { length }) => sum + length, 0) : data.byteLength;

/** Closes a WebSocket, and its connection if the client does not answer in time. */
export function closeWebSocket(webSocket: WebSocket, code: number = goingAway, reason?: string): void {
  webSocket.close(code, reason);
  setTimeout(() => webSocket.terminate(), closeTimeoutMs).unref();
}

/** Options for joining a WebSocket. */
export interface WebSocketOptions {
  readonly webSocket: WebSocket;
  /** Underlying connection of the WebSocket. */
  readonly connection: Duplex;
  readonly limits: ServerLimits;
  readonly place: Place;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Writes what it is sent. */
  readonly outbox: Outbox;
  /** Meter of what its messages make the server send. */
  readonly meter: Meter;
  /** Creates its session. `spend` charges costs that do not belong to the message being processed. */
  readonly open: (socket: MessageSocket, spend: (cost: number) => void) => ServerSession;
}

/**
 * Joins a `ws` WebSocket to the session that `open` returns, and calls the session's `closed` exactly once.
 *
 * If a client exceeds its rate, the server stops reading from it for a while, so that TCP slows it down. Nothing that it sent is
 * lost.
 */
export function joinWebSocket(options: WebSocketOptions): ServerSession {
  const { webSocket, connection, limits, place, now, outbox, meter, open } = options;
  /** Messages that arrived with the last bytes before the pause. */
  const held: (string | number)[] = [];
  /** True while a pong is outstanding; it may wait behind unread data. */
  let isPinged = false;

  const traffic = new Traffic(limits, place.address, now, {
    pause() {
      webSocket.pause();
      if (isPinged) ponged();
    },
    resume() {
      hearHeld();
      if (!traffic.isHeld) webSocket.resume();
    },
    close: (reason) => closeWebSocket(webSocket, policyViolation, reason),
  });

  const backlog = new Backlog(
    limits,
    place.address,
    () => webSocket.bufferedAmount,
    () => webSocket.terminate(),
  );

  const socket: MessageSocket = {
    send(text) {
      if (webSocket.readyState !== webSocket.OPEN || !backlog.makeRoom()) return;
      meter.sent(text.length);
      outbox.write(connection, () => webSocket.send(text));
    },
    ping() {
      if (webSocket.readyState !== webSocket.OPEN) return;
      webSocket.ping();
      isPinged = true;
      // Its pong may wait behind unread data. That data shows that it is alive.
      if (traffic.isHeld) queueMicrotask(() => ponged());
    },
    close: () => closeWebSocket(webSocket),
  };
  const session = open(socket, (cost) => traffic.spend(cost));

  function ponged(): void {
    if (!isPinged) return;
    isPinged = false;
    session.ponged();
  }

  /** Processes a text, or a binary message of so many bytes. */
  const hear = (message: string | number) => {
    place.spoke();
    let cost = 0;
    const sent = meter.measure(() => {
      cost = typeof message === 'number' ? session.receivedBinary(message) : session.received(message);
    });
    traffic.spend(cost + sent);
  };
  const hearHeld = () => {
    while (held.length > 0 && !traffic.isHeld) hear(held.shift() as string | number);
  };

  connection.on('data', (chunk: Buffer) => traffic.read(chunk));
  webSocket.on('message', (data, isBinary) => {
    const message = isBinary ? lengthOf(data) : textOf(data);
    if (traffic.isHeld || held.length > 0) held.push(message);
    else hear(message);
  });
  webSocket.on('pong', () => {
    isPinged = true;
    ponged();
  });
  webSocket.on('close', () => {
    traffic.end();
    backlog.close();
    place.release();
    session.closed();
  });
  // `close` follows, and is sufficient.
  webSocket.on('error', () => {});
  return session;
}
