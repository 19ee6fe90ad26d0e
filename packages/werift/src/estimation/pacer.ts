/** Pacing rate relative to the estimate: frames differ in size, and the estimate is conservative. */
const factor = 1.5;

/** The slowest that packets leave. Bits per second. */
const minBitrate = 300_000;

/** Burst that may leave at once, beyond the rate. Milliseconds of the rate, and bytes. */
const burstMs = 30;
const minBurstBytes = 3_600;

/**
 * Time in which everything that waits would leave at the rate of that moment. As less waits, the rate falls again: a key frame of 70 kB
 * takes about a second. Milliseconds.
 */
const drainMs = 500;

interface PendingPacket {
  readonly owner: object;
  readonly bytes: number;
  readonly send: () => void;
}

/** Spreads bursts, such as key frames, over time so that audio does not queue behind them. */
export class Pacer {
  readonly #bitrate: (atMs: number) => number;
  #debtBytes = 0;
  #atMs = 0;
  #waiting: PendingPacket[] = [];
  #waitingBytes = 0;

  /** @param bitrate - Returns the current estimate in bits per second. */
  constructor(bitrate: (atMs: number) => number) {
    this.#bitrate = bitrate;
  }

  /** True if packets wait: {@link drain} is to be called every few milliseconds. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  #rateAt(atMs: number): number {
    return Math.max(minBitrate, factor * this.#bitrate(atMs), (this.#waitingBytes * 8000) / drainMs);
  }

  #pay(atMs: number): number {
    const rate = this.#rateAt(atMs);
    this.#debtBytes = Math.max(0, this.#debtBytes - (rate * (atMs - this.#atMs)) / 8000);
    this.#atMs = atMs;
    return Math.max(minBurstBytes, (rate * burstMs) / 8000);
  }

  /** Counts a packet that may leave now; `false` when it has to wait. */
  take(bytes: number, atMs: number): boolean {
    if (this.#waiting.length > 0 || this.#debtBytes >= this.#pay(atMs)) return false;
    this.#debtBytes += bytes;
    return true;
  }

  /** Counts a packet that leaves whatever the rate, such as audio. */
  spend(bytes: number): void {
    this.#debtBytes += bytes;
  }

  /** Sends a packet as soon as the rate allows, after those that wait. */
  wait(owner: object, bytes: number, send: () => void): void {
    this.#waiting.push({ owner, bytes, send });
    this.#waitingBytes += bytes;
  }

  /** Sends what may leave by now. */
  drain(atMs: number): void {
    const burst = this.#pay(atMs);
    let sent = 0;
    for (const { bytes, send } of this.#waiting) {
      if (this.#debtBytes >= burst) break;
      this.#debtBytes += bytes;
      this.#waitingBytes -= bytes;
      sent += 1;
      send();
    }
    this.#waiting.splice(0, sent);
  }

  /** Drops what waits of one owner. */
  drop(owner: object): void {
    this.#waiting = this.#waiting.filter((one) => one.owner !== owner);
    this.#waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
