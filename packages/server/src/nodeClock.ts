import type { Clock } from '@sigchart/core';

/** The timers of Node. */
export const nodeClock: Clock = {
  start(ms, elapsed) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
};
