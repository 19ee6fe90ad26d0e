import type { AccessEvent, AccessRequest } from '@sigchart/core';
import type { Decision } from './authorization/policy.ts';
import type { Awaitable } from './store/store.ts';

/** What a socket has been let to. Without what it wanted to say or know. */
export type Grant = Omit<AccessRequest, 'message' | 'metaData' | 'subscriberCode'>;

/** How many grants a socket's decisions remember. */
const rememberedGrants = 256;

/** How many requests of a socket may wait for a decision. */
const maxWaiting = 256;

/**
 * Takes the decisions over what one socket wants: in the order in which it wants it, at once where nothing has to be waited
 * for. Remembers what it has granted.
 */
export class Decisions {
  readonly #authorize: (request: AccessRequest, granted: readonly Grant[]) => Awaitable<Decision>;
  #granted: readonly Grant[] = [];
  readonly #waiting: (() => Promise<void> | undefined)[] = [];
  #busy = false;

  constructor(authorize: (request: AccessRequest, granted: readonly Grant[]) => Awaitable<Decision>) {
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
    const settle = (definition: Decision) => {
      if (definition === undefined) this.#remember(request);
      report(
        definition === undefined
          ? { type: 'access.granted', request }
          : { type: 'access.refused', request, definition },
      );
    };
    const decision = this.#ask(request);
    if (decision instanceof Promise) return decision.catch(() => 'unauthorized_access' as const).then(settle);
    settle(decision);
    return undefined;
  }

  #ask(request: AccessRequest): Awaitable<Decision> {
    try {
      return this.#authorize(request, this.#granted);
    } catch {
      return 'unauthorized_access';
    }
  }

  #remember({ action, streamId, room, token, subscriberId }: AccessRequest): void {
    if (action === 'query') return;
    const others = this.#granted.filter(
      (earlier) =>
        earlier.action !== action || earlier.streamId !== streamId || earlier.room !== room || earlier.token !== token,
    );
    this.#granted = [{ action, streamId, room, token, subscriberId }, ...others].slice(0, rememberedGrants);
  }
}
