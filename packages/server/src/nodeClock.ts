import type { Clock } from '@sigchart/core/session';

/** How late a timer ends of a process that has stood still, or was busy. Milliseconds. */
const lateMs = 500;

/**
 * The timers of Node.
 *
 * After a time in which the process did not run, everything that came meanwhile is read before a late timer ends: else the answers to
 * pings, which are there already, would come too late, and a server that was stopped for a moment would close every socket.
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
