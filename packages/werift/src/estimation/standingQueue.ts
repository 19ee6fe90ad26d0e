/** A queue this long that does not shrink is sent too much, though it does not grow either. Milliseconds. */
const maxQueueMs = 70;

/** How long it must be so. Milliseconds. */
const standingMs = 300;

/** A queue that stays this long in spite of less being sent is the path itself, or another flow's. Milliseconds. */
const rebaseMs = 6_000;

/** The shortest delay of the path is remembered in periods, so that the drift of two clocks is forgotten. Milliseconds. */
const periodMs = 15_000;
const maxPeriods = 4;

/** Tells whether packets wait in a queue that stays as long as it is: its slope, which is 0, says nothing. */
export class StandingQueue {
  readonly #periods: { readonly sinceMs: number; minMs: number }[] = [];
  #window: { readonly atMs: number; readonly delayMs: number }[] = [];
  #sinceMs: number | undefined;

  /** Adds a packet's one-way delay, by clocks that need not agree. */
  add(delayMs: number, atMs: number): void {
    const period = this.#periods.at(-1);
    if (period === undefined || atMs - period.sinceMs > periodMs) {
      this.#periods.push({ sinceMs: atMs, minMs: delayMs });
      if (this.#periods.length > maxPeriods) this.#periods.shift();
    } else if (delayMs < period.minMs) {
      period.minMs = delayMs;
    }
    this.#window.push({ atMs, delayMs });
    let gone = 0;
    for (const sample of this.#window) {
      if (sample.atMs >= atMs - standingMs) break;
      gone += 1;
    }
    if (gone > 0) this.#window.splice(0, gone);
  }

  /** The shortest time that a packet waited lately. Milliseconds. */
  get queueMs(): number {
    if (this.#window.length === 0) return 0;
    const base = Math.min(...this.#periods.map(({ minMs }) => minMs));
    return Math.min(...this.#window.map(({ delayMs }) => delayMs)) - base;
  }

  /** Whether too much waits, at a time by this end's clock. */
  isStanding(atMs: number): boolean {
    if (this.queueMs < maxQueueMs) {
      this.#sinceMs = undefined;
      return false;
    }
    this.#sinceMs ??= atMs;
    if (atMs - this.#sinceMs > rebaseMs) {
      this.#periods.length = 0;
      this.#window = [];
      this.#sinceMs = undefined;
      return false;
    }
    return true;
  }
}
