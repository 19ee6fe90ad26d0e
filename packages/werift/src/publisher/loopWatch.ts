import { performance } from 'node:perf_hooks';

/** How long the event loop may be busy without anything being wrong. Milliseconds. */
const toleranceMs = 2;

/** What the event loop tells of itself. */
export interface LoopReading {
  /** How often it has turned. */
  readonly turn: number;
  /** How long it has waited for something to do, all in all. Milliseconds. */
  readonly idleMs: number;
}

function readLoop(): LoopReading {
  const { nodeTiming } = performance;
  return { turn: nodeTiming.uvMetricsInfo.loopCount, idleMs: nodeTiming.idleTime };
}

/**
 * Tells whether the event loop was busy, so that what is read now may have come a while ago. One for a process. It needs no timer: what it
 * tells is computed when something is read.
 */
export class LoopWatch {
  readonly #read: () => LoopReading;
  /** The turn of the last look, and the first look in it. */
  #turn = -1;
  #turnAtMs = Number.NEGATIVE_INFINITY;
  #turnIdleMs = 0;
  #busySinceMs = Number.POSITIVE_INFINITY;

  /** @param read - Reads the event loop's own figures. Default those of this thread. */
  constructor(read: () => LoopReading = readLoop) {
    this.#read = read;
  }

  /** Since when what is read now may have waited, or `undefined` when it has not. */
  busySince(atMs: number): number | undefined {
    const { turn, idleMs } = this.#read();
    if (turn !== this.#turn) {
      // What came before the last look would have been read then. And while the loop was idle, nothing waited.
      const busyMs = atMs - this.#turnAtMs - (idleMs - this.#turnIdleMs);
      this.#busySinceMs = this.#turn === -1 ? atMs : atMs - busyMs;
      this.#turn = turn;
      this.#turnAtMs = atMs;
      this.#turnIdleMs = idleMs;
    }
    return atMs - this.#busySinceMs > toleranceMs ? this.#busySinceMs : undefined;
  }
}
