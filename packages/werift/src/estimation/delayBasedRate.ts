import type { PathUsage } from './trendline.ts';

/** Share of the throughput that remains as the rate after a growing queue was detected. */
const backOff = 0.85;

/** The same while the queue is long already, so that it drains within a second or two. */
const drain = 0.7;

/** Growth of the rate while it is far from the last known capacity. Per second. */
const growth = 1.08;

/** Time after a decrease the rate grows slowly. Milliseconds. */
const nearMs = 10_000;

/** Time a report takes beside the round trip. Milliseconds. */
const reportMs = 100;

/** The size of the packets that additive growth counts in. Bytes. */
const packetBytes = 1_200;

/** Maximum of the rate relative to the incoming bitrate, because a higher rate is untested. */
const maxHeadroom = 1.5;
const headroomBits = 10_000;

/** The throughput at which the path was full: an average and its deviation, in kbit/s. */
class LinkCapacity {
  #kbps: number | undefined;
  #variance = 0.4;

  get isKnown(): boolean {
    return this.#kbps !== undefined;
  }

  get #deviation(): number {
    return Math.sqrt(this.#variance * (this.#kbps ?? 0));
  }

  /** True if a throughput is above all that is likely. */
  isBelow(bitrate: number): boolean {
    return this.#kbps !== undefined && bitrate / 1000 > this.#kbps + 3 * this.#deviation;
  }

  /** True if a throughput is less than all that is likely. */
  isAbove(bitrate: number): boolean {
    return this.#kbps !== undefined && bitrate / 1000 < this.#kbps - 3 * this.#deviation;
  }

  forget(): void {
    this.#kbps = undefined;
  }

  add(bitrate: number): void {
    const kbps = bitrate / 1000;
    const known = this.#kbps ?? kbps;
    this.#kbps = 0.95 * known + 0.05 * kbps;
    const error = (this.#kbps - kbps) ** 2 / Math.max(this.#kbps, 1);
    this.#variance = Math.min(2.5, Math.max(0.4, 0.95 * this.#variance + 0.05 * error));
  }
}

/**
 * Raises a rate until the queue of the path grows, and then takes it below what arrives.
 *
 * @see draft-ietf-rmcat-gcc-02 § 5.5
 */
export class DelayBasedRate {
  #bitrate: number;
  #state: 'hold' | 'increase' = 'increase';
  #changedAtMs: number | undefined;
  #decreasedAtMs = Number.NEGATIVE_INFINITY;
  readonly #capacity = new LinkCapacity();
  readonly #min: number;

  /** @param min - The lowest rate. Bits per second, as all rates. */
  constructor(initial: number, min: number) {
    this.#bitrate = initial;
    this.#min = min;
  }

  get bitrate(): number {
    return this.#bitrate;
  }

  /** Time the rate was last taken down. */
  get decreasedAtMs(): number {
    return this.#decreasedAtMs;
  }

  /** Takes in what a report says of the path. */
  update(usage: PathUsage, throughput: number | undefined, rttMs: number, atMs: number): void {
    const elapsedMs = Math.min(1_000, atMs - (this.#changedAtMs ?? atMs));
    if (usage === 'overuse' || usage === 'standing') {
      // Another decrease would react to packets sent before the first one had an effect.
      if (atMs - this.#decreasedAtMs >= Math.min(200, Math.max(10, rttMs)) || this.#isFar(throughput))
        this.#decrease(throughput, usage === 'standing' ? drain : backOff, atMs);
      this.#state = 'hold';
      this.#changedAtMs = atMs;
      return;
    }
    this.#changedAtMs = atMs;
    if (usage === 'underuse') this.#state = 'hold';
    else if (this.#state === 'hold') this.#state = 'increase';
    else this.#increase(throughput, rttMs, elapsedMs, atMs);
  }

  #isFar(throughput: number | undefined): boolean {
    return throughput !== undefined && throughput < this.#bitrate / 2;
  }

  #decrease(throughput: number | undefined, share: number, atMs: number): void {
    const base = throughput ?? this.#bitrate;
    const next = Math.max(this.#min, share * base);
    if (throughput !== undefined) {
      if (this.#capacity.isAbove(throughput)) this.#capacity.forget();
      this.#capacity.add(throughput);
    }
    this.#bitrate = Math.min(this.#bitrate, next);
    this.#decreasedAtMs = atMs;
  }

  #increase(throughput: number | undefined, rttMs: number, elapsedMs: number, atMs: number): void {
    if (throughput !== undefined && this.#capacity.isBelow(throughput)) this.#capacity.forget();
    const limit = throughput === undefined ? this.#bitrate : maxHeadroom * throughput + headroomBits;
    const seconds = elapsedMs / 1000;
    // A flow that has just made room for another one does not take it back faster than that one grows.
    const isNear = this.#capacity.isKnown || atMs - this.#decreasedAtMs < nearMs;
    const next = isNear
      ? this.#bitrate + this.#additive(rttMs) * seconds
      : this.#bitrate * growth ** seconds + 1_000 * seconds;
    this.#bitrate = Math.max(this.#bitrate, Math.min(next, limit));
  }

  /** About one packet more for each round trip. Bits per second, per second. */
  #additive(rttMs: number): number {
    const packetsPerFrame = Math.max(1, Math.ceil(this.#bitrate / 30 / 8 / packetBytes));
    const packetBits = this.#bitrate / 30 / packetsPerFrame;
    return Math.max(4_000, (packetBits * 1000) / (rttMs + reportMs));
  }

  /** Takes over a rate that was tried and found to pass. */
  raise(bitrate: number): void {
    if (bitrate <= this.#bitrate) return;
    this.#bitrate = bitrate;
    if (this.#capacity.isBelow(bitrate)) this.#capacity.forget();
  }
}
