import { type Bucket, debtMs, fullBucket, type RateLimit, spend } from '@sigchart/core/session';
import { addressKey } from '../traffic/addressKey.ts';

/** Most addresses of which something is remembered. The oldest is forgotten first. */
const maxAddresses = 10_000;

/** Limits the rate of requests from each address. */
export class RequestRate {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(limit: RateLimit, now: () => number = performance.now.bind(performance)) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts a request. Returns 0 to serve it, or the delay in milliseconds after which the client may retry. */
  take(remoteAddress: string): number {
    const key = addressKey(remoteAddress);
    const nowMs = this.#now();
    const bucket = spend(this.#buckets.get(key) ?? fullBucket(this.#limit, nowMs), this.#limit, 0, nowMs);
    const waitMs = debtMs({ ...bucket, tokens: bucket.tokens - 1 }, this.#limit);
    this.#buckets.delete(key);
    if (this.#buckets.size >= maxAddresses)
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    this.#buckets.set(key, waitMs > 0 ? bucket : spend(bucket, this.#limit, 1, nowMs));
    return waitMs;
  }
}
