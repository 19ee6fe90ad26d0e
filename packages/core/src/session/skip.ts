import type { Clock } from './clock.ts';

/** A clock that notices when time has passed without anything running. */
export interface WatchedClock extends Clock {
  /** Checks whether time was skipped. Must be called before any event from outside is processed. */
  check(): void;
}

/** Delay below which nothing is reported: a busy processor, or a page in the background. Milliseconds. */
const noticeableMs = 1_000;

/**
 * Watches the timers of a clock. If one of them is late when an event arrives, `skipped` is called with the delay before the
 * event is processed. So a machine knows that it has slept before it receives what happened meanwhile. Does nothing for a clock
 * without `now`.
 */
export function watchClock(clock: Clock, skipped: (ms: number) => void): WatchedClock {
  const ends = new Set<{ readonly at: number }>();
  let checked = Number.NEGATIVE_INFINITY;
  const check = () => {
    if (clock.now === undefined) return;
    const now = clock.now();
    const due = Math.max(Math.min(...[...ends].map(({ at }) => at)), checked);
    checked = now;
    if (now - due >= noticeableMs) skipped(now - due);
  };
  return {
    check,
    start(ms, elapsed) {
      const timer = { at: (clock.now?.() ?? 0) + ms };
      ends.add(timer);
      const cancel = clock.start(ms, () => {
        check();
        // The listener may have stopped this timer, or restarted it.
        if (ends.delete(timer)) elapsed();
      });
      return () => {
        ends.delete(timer);
        cancel();
      };
    },
  };
}
