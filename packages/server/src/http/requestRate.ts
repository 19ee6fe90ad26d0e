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

  /**
   * Counts a request, of so many tokens. Returns 0 to serve it, or the delay in milliseconds after which the client may retry; then
   * it costs nothing.
   */
  take(remoteAddress: string, cost = 1): number {
    const nowMs = this.#now();
    const bucket = spend(this.#bucketOf(remoteAddress, nowMs), this.#limit, 0, nowMs);
    const waitMs = debtMs({ ...bucket, tokens: bucket.tokens - cost }, this.#limit);
    this.#keep(remoteAddress, waitMs > 0 ? bucket : spend(bucket, this.#limit, cost, nowMs));
    return waitMs;
  }

  /** Charges for work that is done in any case. Returns the delay in milliseconds until that is paid for; later requests wait longer. */
  charge(remoteAddress: string, cost: number): number {
    const nowMs = this.#now();
    const bucket = spend(this.#bucketOf(remoteAddress, nowMs), this.#limit, cost, nowMs);
    this.#keep(remoteAddress, bucket);
    return debtMs(bucket, this.#limit);
  }

  #bucketOf(remoteAddress: string, nowMs: number): Bucket {
    return this.#buckets.get(addressKey(remoteAddress)) ?? fullBucket(this.#limit, nowMs);
  }

  #keep(remoteAddress: string, bucket: Bucket): void {
    const key = addressKey(remoteAddress);
    this.#buckets.delete(key);
    if (this.#buckets.size >= maxAddresses)
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    this.#buckets.set(key, bucket);
  }
}
