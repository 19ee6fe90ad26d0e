import type { AccessEvent, AccessRequest, AccessRight } from '@sigchart/core/machines';
import type { ErrorDefinition } from '@sigchart/core/protocol';
import type { Awaitable } from './store/store.ts';

/** A granted request, without the data that it carried. */
export interface Grant extends Omit<AccessRequest, 'message' | 'metaData' | 'subscriberCode'> {
  /** Right that was shown; `undefined` if none was required. */
  readonly right: AccessRight | undefined;
  /** The rooms that were granted with it: that which was entered, or those that were published into. */
  readonly rooms: readonly string[];
}

/** A request that is granted, and with what. */
export interface Granted {
  /** As in {@link Grant}. */
  readonly right?: AccessRight | undefined;
  readonly rooms?: readonly string[] | undefined;
  /** Maximum number of players or streams. Default none. */
  readonly limit?: number | undefined;
}

/** A definition refuses with that error. */
export type Verdict = ErrorDefinition | Granted;

/** Interprets the result of the policies. Unknown values, which plain JavaScript may return, refuse the request. */
export function verdictOf(decision: unknown, rooms: readonly string[]): Verdict {
  if (decision === undefined) return { rooms };
  if (typeof decision === 'string') return decision as ErrorDefinition;
  const { right } = (decision ?? {}) as { readonly right?: unknown };
  return right === 'stream' || right === 'room' ? { right, rooms } : 'unauthorized_access';
}

/** Number of grants remembered for a socket. */
const rememberedGrants = 256;

/** Time what is shown for a grant may be, for the grant to be remembered. Characters; a JWT has some hundred. */
const maxRemembered = 8_192;

/** Number of requests of a socket that may wait for a decision. */
const maxWaiting = 256;

/** Decides the requests of one socket in their order, synchronously if no policy has to wait. Remembers its grants. */
export class Decisions {
  readonly #authorize: (request: AccessRequest, granted: readonly Grant[]) => Awaitable<Verdict>;
  #granted: readonly Grant[] = [];
  readonly #waiting: (() => Promise<void> | undefined)[] = [];
  #busy = false;

  constructor(authorize: (request: AccessRequest, granted: readonly Grant[]) => Awaitable<Verdict>) {
    this.#authorize = authorize;
  }

  /** Decides, and reports it. A policy that throws or rejects refuses, and so does a queue that is full. */
  decide(request: AccessRequest, report: (event: AccessEvent) => void): void {
    if (this.#waiting.length >= maxWaiting) {
      report({ type: 'access.refused', request, definition: 'unauthorized_access' });
      return;
    }
    this.#waiting.push(() => this.#take(request, report));
    if (!this.#busy) this.#proceed();
  }

  #proceed(): void {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const taken = next();
      if (taken === undefined) continue;
      taken.then(() => this.#proceed());
      return;
    }
    this.#busy = false;
  }

  #take(request: AccessRequest, report: (event: AccessEvent) => void): Promise<void> | undefined {
    const settle = (verdict: Verdict) => {
      if (typeof verdict === 'string') {
        report({ type: 'access.refused', request, definition: verdict });
        return;
      }
      const { right, limit } = verdict;
      this.#remember(request, verdict);
      report({
        type: 'access.granted',
        request,
        ...(limit !== undefined && { limit }),
        ...(right !== undefined && { right }),
      });
    };
    const verdict = this.#ask(request);
    if (verdict instanceof Promise) return verdict.catch(() => 'unauthorized_access' as const).then(settle);
    settle(verdict);
    return undefined;
  }

  #ask(request: AccessRequest): Awaitable<Verdict> {
    try {
      return this.#authorize(request, this.#granted);
    } catch {
      return 'unauthorized_access';
    }
  }

  #remember({ action, streamId, room, token, subscriberId }: AccessRequest, { right, rooms = [] }: Granted): void {
    if (action === 'query' || action === 'relay') return;
    if ((token?.length ?? 0) + (subscriberId?.length ?? 0) > maxRemembered) return;
    const others = this.#granted.filter(
      (earlier) =>
        earlier.action !== action || earlier.streamId !== streamId || earlier.room !== room || earlier.token !== token,
    );
    const grant: Grant = { action, streamId, room, token, subscriberId, right, rooms };
    this.#granted = [grant, ...others].slice(0, rememberedGrants);
  }
}
