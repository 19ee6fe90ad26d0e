import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { ignoreErrors, RequestRate } from '@sigchart/server';

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

/** Options of a {@link RequestPace}. */
export interface RequestPaceOptions extends HttpLimits {
  /** Returns the address of the client that sent a request. */
  readonly remoteAddressOf: (request: IncomingMessage) => string | undefined;
}

/** Function that serves an upgrade. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Slows down the HTTP requests of addresses that send too many. Nothing is refused: a request waits until it is its turn. */
export class RequestPace {
  readonly #rate: RequestRate;
  readonly #remoteAddressOf: RequestPaceOptions['remoteAddressOf'];
  readonly #unanswered = new WeakMap<Duplex, number>();

  constructor({ requestRate, requestBurst, remoteAddressOf }: RequestPaceOptions) {
    this.#rate = new RequestRate({ perSecond: requestRate, burst: requestBurst });
    this.#remoteAddressOf = remoteAddressOf;
  }

  /** The same listener, which gets each request when it is its turn. Closes connections with too many unanswered requests. */
  requests(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      // What a closed connection had sent before is still parsed.
      if (socket.destroyed) return;
      if (this.#count(socket, 1) > maxUnanswered) {
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
    const remoteAddress = this.#remoteAddressOf(request);
    const waitMs = remoteAddress === undefined ? 0 : this.#rate.charge(remoteAddress, cost);
    if (waitMs === 0) serve();
    else setTimeout(serve, waitMs);
  }
}
