import { openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Delay of the event loop that counts as normal. Milliseconds. */
const toleranceMs = 2;

/**
 * Interval of looking how long this thread waited for a CPU, as long as it hardly does, and time for which it is looked for in every
 * turn after it did. Milliseconds. To look takes a system call and 20 µs.
 */
const lookMs = 50;
const watchMs = 1_000;

/** Counters of the event loop. */
export interface LoopCounters {
  /** Returns the number of turns, and the total time spent waiting for events. Milliseconds. */
  read(): { readonly turn: number; readonly idleMs: number };
  /** Returns the total time spent waiting for a CPU, which the loop counts as idle. Milliseconds. */
  readDelayMs(): number;
}

/** Opens Linux's scheduling statistics of this thread; `undefined` elsewhere. */
function openSchedulingFile(): number | undefined {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
}

/** Returns the counters of this thread. */
function threadCounters(): LoopCounters {
  const { nodeTiming } = performance;
  const file = openSchedulingFile();
  const bytes = Buffer.alloc(64);
  return {
    read: () => ({ turn: nodeTiming.uvMetricsInfo.loopCount, idleMs: nodeTiming.idleTime }),
    readDelayMs: () => {
      if (file === undefined) return 0;
      // Nanoseconds on a CPU, and waiting for one.
      const [, delay = '0'] = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)).split(' ', 2);
      return Number(delay) / 1_000_000;
    },
  };
}

let ofThisThread: LoopCounters | undefined;

/**
 * Detects whether the event loop was busy, so that data read now may have arrived earlier. One per process. It needs no timer: it
 * computes on read.
 */
export class LoopWatch {
  readonly #counters: LoopCounters;
  /** The turn of the last look, and the first look in it. */
  #turn = -1;
  #turnAtMs = Number.NEGATIVE_INFINITY;
  #turnIdleMs = 0;
  #busySinceMs = Number.POSITIVE_INFINITY;
  #delayMs = 0;
  #delayAtMs = Number.NEGATIVE_INFINITY;
  #delayedAtMs = Number.NEGATIVE_INFINITY;

  /** @param counters - Those of the event loop. Default those of this thread. */
  constructor(counters?: LoopCounters) {
    // One for the thread, since it keeps a file open.
    ofThisThread ??= threadCounters();
    this.#counters = counters ?? ofThisThread;
  }

  /**
   * Since when what is read now may have waited, or `undefined` when it has not.
   *
   * That the loop itself was busy is seen at once; that it waited for a CPU, up to {@link lookMs} late at first.
   */
  busySince(atMs: number): number | undefined {
    const { turn, idleMs } = this.#counters.read();
    if (turn !== this.#turn) {
      // Datagrams from before the last check would have been read then. While the loop was idle and had a CPU, nothing waited.
      const elapsedMs = atMs - this.#turnAtMs;
      const busyMs = Math.min(elapsedMs, elapsedMs - (idleMs - this.#turnIdleMs) + this.#newDelayMs(atMs));
      this.#busySinceMs = this.#turn === -1 ? atMs : atMs - busyMs;
      this.#turn = turn;
      this.#turnAtMs = atMs;
      this.#turnIdleMs = idleMs;
    }
    return atMs - this.#busySinceMs > toleranceMs ? this.#busySinceMs : undefined;
  }

  /** The time spent waiting for a CPU since the last look, 0 when it is not time for another one. */
  #newDelayMs(atMs: number): number {
    if (atMs - this.#delayAtMs < lookMs && atMs - this.#delayedAtMs > watchMs) return 0;
    const delayMs = this.#counters.readDelayMs();
    const newMs = delayMs - this.#delayMs;
    this.#delayMs = delayMs;
    this.#delayAtMs = atMs;
    if (newMs > toleranceMs) this.#delayedAtMs = atMs;
    return newMs;
  }
}
