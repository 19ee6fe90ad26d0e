/** How often the event loop is looked at. Milliseconds. */
const tickMs = 5;

/** How late it may be looked at without anything being wrong: the resolution of timers. Milliseconds. */
const toleranceMs = 2;

/** Tells whether the event loop was busy, so that what is read now may have come a while ago. One for a process. */
export class LoopWatch {
  #timer: NodeJS.Timeout | undefined;
  #users = 0;
  #lookedAtMs = 0;
  #busySinceMs: number | undefined;

  /** Watches for one more user. */
  start(): void {
    this.#users += 1;
    if (this.#timer !== undefined) return;
    this.#lookedAtMs = performance.now();
    this.#timer = setInterval(() => this.#look(performance.now()), tickMs);
  }

  /** Watches for one user less; for none, not at all. */
  stop(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#busySinceMs = undefined;
  }

  #isLate(atMs: number): boolean {
    return atMs - this.#lookedAtMs > tickMs + toleranceMs;
  }

  #look(atMs: number): void {
    this.#busySinceMs = this.#isLate(atMs) ? this.#lookedAtMs : undefined;
    this.#lookedAtMs = atMs;
  }

  /** Since when what is read now may have waited, or `undefined` when it has not. */
  busySince(atMs: number): number | undefined {
    // Within one turn of the loop, sockets that are read late come before the timer that would tell.
    return this.#isLate(atMs) ? (this.#busySinceMs ?? this.#lookedAtMs) : this.#busySinceMs;
  }
}
