import type { Clock } from '@sigchart/core/session';

/** Delay of a timer that shows that the process was stopped or busy. Milliseconds. */
const lateMs = 500;

/**
 * Clock of Node's timers.
 *
 * If the process did not run for a while, everything that arrived meanwhile is read before a late timer ends. Otherwise the
 * pongs, which are already there, would be read too late, and a server that was stopped for a moment would close every socket.
 */
export const nodeClock: Clock = {
  start(ms, elapsed) {
    const dueMs = performance.now() + ms;
    let immediate: NodeJS.Immediate | undefined;
    const timeout = setTimeout(() => {
      if (performance.now() - dueMs < lateMs) elapsed();
      // Node reads from sockets after timers, and before this.
      else immediate = setImmediate(elapsed);
    }, ms);
    return () => {
      clearTimeout(timeout);
      clearImmediate(immediate);
    };
  },
};
