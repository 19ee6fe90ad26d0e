import type { ClaimRequest, StreamEffect, SubscribeRequest } from '@sigchart/core';

/** What a publisher says of its stream, and since when. Milliseconds since 1970; `startTime` 0 while its media is not there. */
export interface Claim extends ClaimRequest {
  readonly date: number;
  readonly startTime: number;
}

/** What the publishers and players of one socket say of themselves, as long as they do. */
export class Claims {
  readonly #now: () => number;
  readonly #claims = new Map<string, Claim>();
  readonly #subscriptions = new Map<string, SubscribeRequest>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Keeps what a role has said. */
  record(effect: StreamEffect): void {
    const { streamId } = effect;
    const claim = this.#claims.get(streamId);
    switch (effect.type) {
      case 'stream.claim':
        this.#claims.set(streamId, { ...effect, date: this.#now(), startTime: 0 });
        break;
      case 'stream.update':
        if (claim !== undefined) this.#claims.set(streamId, { ...claim, ...effect });
        break;
      case 'stream.announce':
        if (claim !== undefined) this.#claims.set(streamId, { ...claim, startTime: this.#now() });
        break;
      case 'stream.release':
        this.#claims.delete(streamId);
        break;
      case 'stream.subscribe':
        this.#subscriptions.set(streamId, effect);
        break;
      case 'stream.unsubscribe':
        this.#subscriptions.delete(streamId);
    }
  }

  /** What its publisher says of a stream. */
  claim(streamId: string): Claim | undefined {
    return this.#claims.get(streamId);
  }

  /** What its player says of a stream or room. */
  subscription(streamId: string): SubscribeRequest | undefined {
    return this.#subscriptions.get(streamId);
  }
}
