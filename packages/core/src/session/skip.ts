import type { Clock } from './clock.ts';

/** A clock that notices when time has passed without anything running. */
export interface WatchedClock extends Clock {
  /** Finds out whether time was skipped. To be called before anything is heard from outside. */
  check(): void;
}

/** What is less late than this is not told: a busy processor, or a page in the background. Milliseconds. */
const noticeableMs = 1_000;

/**
 * Watches the timers of a clock. Once one of them is late as something is heard, `skipped` is called with how late, before that is
 * passed on: so a machine knows that it has slept before it hears what happened meanwhile. On a clock without `now` it never is.
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
        // What was told may have stopped this timer, or started it again.
        if (ends.delete(timer)) elapsed();
      });
      return () => {
        ends.delete(timer);
        cancel();
      };
    },
  };
}
