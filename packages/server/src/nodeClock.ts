import type { Clock } from '@sigchart/core/session';

/** Delay of a timer that shows that the process was stopped or busy. Milliseconds. */
const lateMs = 500;

/** Duration from which on timers end together, and the grid on which they do. Milliseconds. */
const [longMs, gridMs] = [5_000, 250];

/** Duration of a timer. That of a long one is rounded up to the grid, so that the pings of all sockets wake the process a few times a second. */
const rounded = (ms: number, nowMs: number) => (ms < longMs ? ms : Math.ceil((nowMs + ms) / gridMs) * gridMs - nowMs);

/**
 * Clock of Node's timers. A timer of five seconds or more ends up to 250 ms late, together with others.
 *
 * If the process did not run for a while, everything that arrived meanwhile is read before a late timer ends. Otherwise the
 * pongs, which are already there, would be read too late, and a server that was stopped for a moment would close every socket.
 */
export const nodeClock: Clock = {
  start(ms, elapsed) {
    const nowMs = performance.now();
    const timeoutMs = rounded(ms, nowMs);
    const dueMs = nowMs + timeoutMs;
    let immediate: NodeJS.Immediate | undefined;
    const timeout = setTimeout(() => {
      if (performance.now() - dueMs < lateMs) elapsed();
      // Node reads from sockets after timers, and before this.
      else immediate = setImmediate(elapsed);
    }, timeoutMs);
    return () => {
      clearTimeout(timeout);
      clearImmediate(immediate);
    };
  },
};
