import type { Benchmark } from '../report/table.ts';
import { messages } from './messages.ts';
import { wholeSessions } from './sessions.ts';

/** What signalling costs, message by message and session by session, and what it costs to record it. */
export const signalling: Benchmark = {
  name: 'signalling',
  title: 'Signalling',
  async run(progress) {
    return [await messages(progress), await wholeSessions(progress)];
  },
};
