import type { AccessEvent, AccessRequest, ErrorDefinition } from '@sigchart/core';
import type { Awaitable } from './store/store.ts';

/** What a socket has been let to. Without what it wanted to say or know. */
export type Grant = Omit<AccessRequest, 'message' | 'metaData' | 'subscriberCode'>;

/** A definition refuses with that error. Else it is granted: to any number, or as long as there are fewer than this many. */
export type Verdict = ErrorDefinition | number | undefined;

/** How many grants a socket's decisions remember. */
const rememberedGrants = 256;

/** How long what is shown for a grant may be, for the grant to be remembered. Characters; a JWT has some hundred. */
const maxRemembered = 8_192;

/** How many requests of a socket may wait for a decision. */
const maxWaiting = 256;

/**
 * Takes the decisions over what one socket wants: in the order in which it wants it, at once where nothing has to be waited
 * for. Remembers what it has granted.
 */
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
      // Whatever is no verdict, as JavaScript may return it, grants nothing.
      if (verdict !== undefined && typeof verdict !== 'number') {
        const definition = typeof verdict === 'string' ? verdict : 'unauthorized_access';
        report({ type: 'access.refused', request, definition });
        return;
      }
      this.#remember(request);
      report({ type: 'access.granted', request, ...(verdict !== undefined && { limit: verdict }) });
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

  #remember({ action, streamId, room, token, subscriberId }: AccessRequest): void {
    if (action === 'query' || (token?.length ?? 0) + (subscriberId?.length ?? 0) > maxRemembered) return;
    const others = this.#granted.filter(
      (earlier) =>
        earlier.action !== action || earlier.streamId !== streamId || earlier.room !== room || earlier.token !== token,
    );
    this.#granted = [{ action, streamId, room, token, subscriberId }, ...others].slice(0, rememberedGrants);
  }
}
