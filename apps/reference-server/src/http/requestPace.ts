import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressKey, ignoreErrors, originForm, RequestRate, refuse } from '@sigchart/server';

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

/** Cost of a request that is parsed, and not served. */
const parsedCost = 0.1;

const costOf = ({ url = '' }: IncomingMessage) =>
  /^\/metrics(?:\?|$)/.test(originForm(url)) ? metricsCost : requestCost;

/** The longest time after which it is asked again whether a request is paid for. Milliseconds; a rate may be 0. */
const maxWaitMs = 30_000;

const keyOf = ({ remoteAddress = '' }: Socket) => addressKey(remoteAddress);

/** Options of a {@link RequestPace}. */
export interface RequestPaceOptions extends HttpLimits {
  /** Returns the address of the client that sent a request. */
  readonly remoteAddressOf: (request: IncomingMessage) => string | undefined;
  /** Reports whether an address is one of a proxy, through which many clients come. */
  readonly isProxy: (address: string) => boolean;
}

/** Function that serves an upgrade. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Slows down the HTTP requests of addresses that send too many. Nothing is refused: a request waits until it is its turn, and
 * meanwhile no connection of its address is read. Otherwise 100 connections could bring 100 000 requests at a time, and to parse
 * them would take some seconds.
 *
 * Only a request that comes through a proxy is refused, with 429: the connections of a proxy are those of many clients, so they are
 * neither kept waiting nor left unread.
 */
export class RequestPace {
  readonly #rate: RequestRate;
  readonly #remoteAddressOf: RequestPaceOptions['remoteAddressOf'];
  readonly #isProxy: RequestPaceOptions['isProxy'];
  readonly #unanswered = new WeakMap<Duplex, number>();
  /** Open connections without a WebSocket, by the key of their address. */
  readonly #connections = new Map<string, Set<Duplex>>();
  /** Addresses whose connections are not read. */
  readonly #held = new Set<string>();

  constructor({ requestRate, requestBurst, remoteAddressOf, isProxy }: RequestPaceOptions) {
    this.#rate = new RequestRate({ perSecond: requestRate, burst: requestBurst });
    this.#remoteAddressOf = remoteAddressOf;
    this.#isProxy = isProxy;
  }

  /** Notes a new connection. */
  readonly connected = (socket: Socket): void => {
    if (this.#comesFromProxy(socket)) return;
    const key = keyOf(socket);
    const connections = this.#connections.get(key) ?? new Set();
    // A request whose upgrade is ignored hands its connection to the server once more.
    if (connections.has(socket)) return;
    this.#connections.set(key, connections.add(socket));
    socket.once('close', () => this.#forget(socket, key));
    // Node starts to read after this event.
    process.nextTick(() => this.#pauseIfHeld(socket, key));
  };

  /** The same listener, which gets each request when it is its turn. Closes connections with too many unanswered requests. */
  requests(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      // What a closed connection had sent before is still parsed, which takes its time.
      if (socket.destroyed || this.#count(socket, 1) > maxUnanswered) {
        this.#charge(request, parsedCost);
        socket.destroy();
        return;
      }
      response.once('close', () => this.#count(socket, -1));
      const waitMs = this.#charge(request, costOf(request));
      if (waitMs > 0 && this.#comesFromProxy(socket)) {
        response.writeHead(429, { 'retry-after': String(Math.ceil(Math.min(waitMs, maxWaitMs) / 1_000)) }).end();
        return;
      }
      inTurn(response, waitMs, () => listener(request, response));
    };
  }

  /** The same for upgrades. */
  upgrades(upgrade: Upgrade): Upgrade {
    return (request, socket, head) => {
      ignoreErrors(socket);
      this.#forget(socket, keyOf(request.socket));
      const waitMs = this.#charge(request, upgradeCost);
      if (waitMs > 0 && this.#comesFromProxy(request.socket)) refuse(socket, 429);
      else inTurn(socket, waitMs, () => upgrade(request, socket, head));
    };
  }

  #comesFromProxy({ remoteAddress = '' }: Socket): boolean {
    return this.#isProxy(remoteAddress);
  }

  #count(socket: Duplex, by: 1 | -1): number {
    const count = (this.#unanswered.get(socket) ?? 0) + by;
    this.#unanswered.set(socket, count);
    return count;
  }

  /** Returns the time until a request is paid for. Milliseconds. One of a proxy that is not served costs nothing. */
  #charge(request: IncomingMessage, cost: number): number {
    const remoteAddress = this.#remoteAddressOf(request);
    if (remoteAddress === undefined) return 0;
    if (this.#comesFromProxy(request.socket)) return this.#rate.take(remoteAddress, cost);
    const waitMs = this.#rate.charge(remoteAddress, cost);
    if (waitMs > 0) this.#hold(request.socket, waitMs);
    return waitMs;
  }

  #hold(cause: Socket, waitMs: number): void {
    const key = keyOf(cause);
    if (!this.#held.has(key)) {
      this.#held.add(key);
      for (const socket of this.#connections.get(key) ?? []) socket.pause();
      this.#releaseLater(key, waitMs);
    }
    // Node reads on by itself at the end of a request.
    setImmediate(() => this.#pauseIfHeld(cause, key));
  }

  #pauseIfHeld(socket: Duplex, key: string): void {
    if (this.#held.has(key) && this.#connections.get(key)?.has(socket) === true) socket.pause();
  }

  #releaseLater(key: string, waitMs: number): void {
    setTimeout(() => this.#release(key), Math.min(waitMs, maxWaitMs)).unref();
  }

  #release(key: string): void {
    const waitMs = this.#rate.charge(key, 0);
    if (waitMs > 0) {
      this.#releaseLater(key, waitMs);
      return;
    }
    this.#held.delete(key);
    for (const socket of this.#connections.get(key) ?? []) socket.resume();
  }

  #forget(socket: Duplex, key: string): void {
    const connections = this.#connections.get(key);
    connections?.delete(socket);
    if (connections?.size === 0) this.#connections.delete(key);
  }
}

/** Serves something after a time, unless its client is gone by then. */
function inTurn(client: ServerResponse | Duplex, waitMs: number, serve: () => void): void {
  if (waitMs === 0) {
    serve();
    return;
  }
  const timer = setTimeout(
    () => {
      if (!client.destroyed) serve();
    },
    Math.min(waitMs, maxWaitMs),
  ).unref();
  client.once('close', () => clearTimeout(timer));
}
