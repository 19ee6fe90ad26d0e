import type { Benchmark } from '../report/table.ts';
import { messages } from './messages.ts';
import { wholeSessions } from './sessions.ts';

/** Cost of signalling, by message and by session, and the cost of recording it. */
export const signalling: Benchmark = {
  name: 'signalling',
  title: 'Signalling',
  async run(progress) {
    return [await messages({ sessions: 5_000, runs: 5 }, progress), await wholeSessions(progress)];
  },
};
