import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressKey, ignoreErrors, RequestRate } from '@sigchart/server';

/** Limits of HTTP requests. @see docs/limits.md */
export interface HttpLimits {
  /** HTTP requests of one address, each second. Default 500. */
  readonly requestRate: number;
  /** HTTP requests of one address at once. Default 2 000. */
  readonly requestBurst: number;
}

/** {@link HttpLimits} */
export const defaultHttpLimits: HttpLimits = { requestRate: 500, requestBurst: 2_000 };

/**
 * Requests of a connection that may wait for their answers at a time. Browsers and most clients wait for each answer before the next
 * request; Node parses whatever arrives, thousands of requests in one turn.
 */
const maxUnanswered = 32;

/** Costs of requests. The metrics are put together each time they are read; an upgrade opens a session. */
const [requestCost, metricsCost, upgradeCost] = [1, 40, 2];

const costOf = ({ url = '' }: IncomingMessage) => (/^\/metrics(?:\?|$)/.test(url) ? metricsCost : requestCost);

const keyOf = ({ remoteAddress = '' }: Socket) => addressKey(remoteAddress);

/** Options of a {@link RequestPace}. */
export interface RequestPaceOptions extends HttpLimits {
  /** Returns the address of the client that sent a request. */
  readonly remoteAddressOf: (request: IncomingMessage) => string | undefined;
}

/** Function that serves an upgrade. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Slows down the HTTP requests of addresses that send too many. Nothing is refused: a request waits until it is its turn, and
 * meanwhile no connection of its address is read. Otherwise 100 connections could bring 100 000 requests at a time, and to parse
 * them would take some seconds.
 */
export class RequestPace {
  readonly #rate: RequestRate;
  readonly #remoteAddressOf: RequestPaceOptions['remoteAddressOf'];
  readonly #unanswered = new WeakMap<Duplex, number>();
  /** Open connections without a WebSocket, by the key of their address. */
  readonly #connections = new Map<string, Set<Duplex>>();
  /** Addresses whose connections are not read. */
  readonly #held = new Set<string>();

  constructor({ requestRate, requestBurst, remoteAddressOf }: RequestPaceOptions) {
    this.#rate = new RequestRate({ perSecond: requestRate, burst: requestBurst });
    this.#remoteAddressOf = remoteAddressOf;
  }

  /** Notes a new connection. */
  readonly connected = (socket: Socket): void => {
    const key = keyOf(socket);
    const connections = this.#connections.get(key) ?? new Set();
    // A request whose upgrade is ignored hands its connection to the server once more.
    if (connections.has(socket)) return;
    this.#connections.set(key, connections.add(socket));
    socket.once('close', () => this.#forget(socket, key));
    // Node starts to read after this event.
    if (this.#held.has(key)) process.nextTick(() => socket.pause());
  };

  /** The same listener, which gets each request when it is its turn. Closes connections with too many unanswered requests. */
  requests(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      // What a closed connection had sent before is still parsed, which takes its time.
      if (socket.destroyed || this.#count(socket, 1) > maxUnanswered) {
        this.#charge(request, requestCost);
        socket.destroy();
        return;
      }
      response.once('close', () => this.#count(socket, -1));
      this.#inTurn(request, costOf(request), () => {
        if (!response.destroyed) listener(request, response);
      });
    };
  }

  /** The same for upgrades. */
  upgrades(upgrade: Upgrade): Upgrade {
    return (request, socket, head) => {
      ignoreErrors(socket);
      this.#forget(socket, keyOf(request.socket));
      this.#inTurn(request, upgradeCost, () => {
        if (!socket.destroyed) upgrade(request, socket, head);
      });
    };
  }

  #count(socket: Duplex, by: 1 | -1): number {
    const count = (this.#unanswered.get(socket) ?? 0) + by;
    this.#unanswered.set(socket, count);
    return count;
  }

  #inTurn(request: IncomingMessage, cost: number, serve: () => void): void {
    const waitMs = this.#charge(request, cost);
    if (waitMs === 0) serve();
    else setTimeout(serve, waitMs);
  }

  /** Returns the time until a request is paid for. Milliseconds. */
  #charge(request: IncomingMessage, cost: number): number {
    const remoteAddress = this.#remoteAddressOf(request);
    if (remoteAddress === undefined) return 0;
    const waitMs = this.#rate.charge(remoteAddress, cost);
    const key = addressKey(remoteAddress);
    // The connections of a proxy are those of many clients.
    if (waitMs > 0 && key === keyOf(request.socket)) this.#hold(key, waitMs);
    return waitMs;
  }

  #hold(key: string, waitMs: number): void {
    if (this.#held.has(key)) return;
    this.#held.add(key);
    for (const socket of this.#connections.get(key) ?? []) socket.pause();
    setTimeout(() => this.#release(key), waitMs);
  }

  #release(key: string): void {
    this.#held.delete(key);
    const waitMs = this.#rate.charge(key, 0);
    if (waitMs > 0) this.#hold(key, waitMs);
    else for (const socket of this.#connections.get(key) ?? []) socket.resume();
  }

  #forget(socket: Duplex, key: string): void {
    const connections = this.#connections.get(key);
    connections?.delete(socket);
    if (connections?.size === 0) this.#connections.delete(key);
  }
}
