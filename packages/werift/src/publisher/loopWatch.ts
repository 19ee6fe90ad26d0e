import { openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Delay of the event loop that counts as normal. Milliseconds. */
const toleranceMs = 2;

/** Counters of the event loop. */
export interface LoopReading {
  /** Number of turns. */
  readonly turn: number;
  /** Total time spent waiting for events. Milliseconds. */
  readonly idleMs: number;
  /** Total time spent waiting for a CPU, which the loop counts as idle. Milliseconds. */
  readonly delayMs: number;
}

/** Opens Linux's scheduling statistics of this thread; `undefined` elsewhere. */
function openSchedulingFile(): number | undefined {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
}

/** Returns what reads the event loop of this thread. */
function loopReader(): () => LoopReading {
  const { nodeTiming } = performance;
  const file = openSchedulingFile();
  const bytes = Buffer.alloc(64);
  const readDelayMs = () => {
    if (file === undefined) return 0;
    // Nanoseconds on a CPU, and waiting for one.
    const [, delay = '0'] = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)).split(' ', 2);
    return Number(delay) / 1_000_000;
  };
  return () => ({ turn: nodeTiming.uvMetricsInfo.loopCount, idleMs: nodeTiming.idleTime, delayMs: readDelayMs() });
}

let readLoop: (() => LoopReading) | undefined;

/**
 * Detects whether the event loop was busy, so that data read now may have arrived earlier. One per process. It needs no timer: it
 * computes on read.
 */
export class LoopWatch {
  readonly #read: () => LoopReading;
  /** The turn of the last look, and the first look in it. */
  #turn = -1;
  #turnAtMs = Number.NEGATIVE_INFINITY;
  #turnIdleMs = 0;
  #turnDelayMs = 0;
  #busySinceMs = Number.POSITIVE_INFINITY;

  /** @param read - Reads the event loop's own figures. Default those of this thread. */
  constructor(read?: () => LoopReading) {
    // One for the thread, since it keeps a file open.
    readLoop ??= loopReader();
    this.#read = read ?? readLoop;
  }

  /** Since when what is read now may have waited, or `undefined` when it has not. */
  busySince(atMs: number): number | undefined {
    const { turn, idleMs, delayMs } = this.#read();
    if (turn !== this.#turn) {
      // Datagrams from before the last check would have been read then. While the loop was idle and had a CPU, nothing waited.
      const elapsedMs = atMs - this.#turnAtMs;
      const busyMs = Math.min(elapsedMs, elapsedMs - (idleMs - this.#turnIdleMs) + (delayMs - this.#turnDelayMs));
      this.#busySinceMs = this.#turn === -1 ? atMs : atMs - busyMs;
      this.#turn = turn;
      this.#turnAtMs = atMs;
      this.#turnIdleMs = idleMs;
      this.#turnDelayMs = delayMs;
    }
    return atMs - this.#busySinceMs > toleranceMs ? this.#busySinceMs : undefined;
  }
}
