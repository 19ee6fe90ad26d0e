import type { ServerObserver } from '@sigchart/server';
import { destination, type Logger, pino } from 'pino';

/** JSON lines on standard error, so that standard output stays for people. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: false }));

const text = (state: unknown) => (typeof state === 'string' ? state : JSON.stringify(state));

/** One `info` for each change of state, one `debug` for every other event. */
export const logTransitions =
  (log: Logger): ServerObserver =>
  ({ app, socket, address, remoteAddress }) =>
  ({ machine, event, from, state, effects }) => {
    const line = { app, socket, remoteAddress, machine, streamId: address?.streamId, event: event.type, state };
    if (from === undefined || text(from) !== text(state)) log.info(line);
    else log.debug({ ...line, effects: effects.map(({ type }) => type) });
  };
