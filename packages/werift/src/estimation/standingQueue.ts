/** A queue this long that does not shrink is sent too much, though it does not grow either. Milliseconds. */
const maxQueueMs = 70;

/** Minimum duration: half of the observed time at least. Milliseconds. */
const windowMs = 300;

/** A queue that stays this long in spite of less being sent is the path itself, or another flow's. Milliseconds. */
const rebaseMs = 6_000;

/** The shortest delay of the path is remembered in periods, so that the drift of two clocks is forgotten. Milliseconds. */
const periodMs = 15_000;
const maxPeriods = 4;

/** Detects a queue that stays at the same length. A trend line cannot: its slope is 0. */
export class StandingQueue {
  /** The shortest delays of the periods before. */
  readonly #minima: number[] = [];
  #periodSinceMs = Number.NEGATIVE_INFINITY;
  #periodMin = Number.POSITIVE_INFINITY;
  #base = Number.POSITIVE_INFINITY;
  #halfSinceMs = Number.NEGATIVE_INFINITY;
  /** The shortest delays of this half of the window and of the one before. */
  #half = Number.POSITIVE_INFINITY;
  #halfBefore = Number.POSITIVE_INFINITY;
  #sinceMs: number | undefined;

  /** Adds a packet's one-way delay, by clocks that need not agree. */
  add(delayMs: number, atMs: number): void {
    if (atMs - this.#periodSinceMs > periodMs) this.#beginPeriod(atMs);
    this.#periodMin = Math.min(this.#periodMin, delayMs);
    this.#base = Math.min(this.#base, delayMs);
    if (atMs - this.#halfSinceMs > windowMs / 2) {
      this.#halfBefore = this.#half;
      this.#half = Number.POSITIVE_INFINITY;
      this.#halfSinceMs = atMs;
    }
    this.#half = Math.min(this.#half, delayMs);
  }

  #beginPeriod(atMs: number): void {
    if (Number.isFinite(this.#periodMin)) this.#minima.push(this.#periodMin);
    if (this.#minima.length >= maxPeriods) this.#minima.shift();
    this.#periodMin = Number.POSITIVE_INFINITY;
    this.#periodSinceMs = atMs;
    this.#base = Math.min(Number.POSITIVE_INFINITY, ...this.#minima);
  }

  /** The shortest time that a packet waited lately. Milliseconds. */
  get queueMs(): number {
    const shortest = Math.min(this.#half, this.#halfBefore);
    return Number.isFinite(shortest) ? shortest - this.#base : 0;
  }

  /** True if too much waits, at a time by this end's clock. */
  isStanding(atMs: number): boolean {
    if (this.queueMs < maxQueueMs) {
      this.#sinceMs = undefined;
      return false;
    }
    this.#sinceMs ??= atMs;
    if (atMs - this.#sinceMs <= rebaseMs) return true;
    this.#minima.length = 0;
    this.#periodSinceMs = Number.NEGATIVE_INFINITY;
    this.#periodMin = Number.POSITIVE_INFINITY;
    this.#half = Number.POSITIVE_INFINITY;
    this.#halfBefore = Number.POSITIVE_INFINITY;
    this.#sinceMs = undefined;
    return false;
  }
}
