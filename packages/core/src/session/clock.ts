/** Time, as a session needs it. `setTimeout` and `clearTimeout` make one; so does a test that turns the hands itself. */
export interface Clock {
  /** Calls `elapsed` once, `ms` milliseconds from now, unless the returned function is called first. */
  start(ms: number, elapsed: () => void): () => void;
  /**
   * Time in milliseconds, from any origin, which advances while the process or page does not run. With it, a client detects that
   * it has slept. Default: it does not.
   */
  now?(): number;
}

/** A clock that advances only on request. For tests. */
export interface ManualClock extends Clock {
  /** Lets `ms` milliseconds pass; timers end in the order of their time. */
  pass(ms: number): void;
  /** Lets `ms` milliseconds pass without any timer ending: whatever runs on this clock sleeps. */
  sleep(ms: number): void;
  /** Number of running timers. */
  readonly running: number;
}

/**
 * Makes a {@link ManualClock}.
 *
 * @example
 * ```ts
 * const clock = manualClock();
 * clock.pass(10_000);
 * ```
 */
export function manualClock(): ManualClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly elapsed: () => void }>();
  return {
    start(ms, elapsed) {
      const timer = { at: now + ms, elapsed };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        timers.delete(next);
        next.elapsed();
      }
      now = end;
    },
    sleep(ms) {
      now += ms;
    },
    now: () => now,
    get running() {
      return timers.size;
    },
  };
}
