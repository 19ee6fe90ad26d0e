import type { ServerObserver } from '@sigchart/server';
import { destination, type Logger, pino } from 'pino';

/** JSON lines on standard error, so that standard output stays for people. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: false }));

const text = (state: unknown) => (typeof state === 'string' ? state : JSON.stringify(state));

/** Details of an event or effect in a log line. */
interface Detail {
  readonly step?: string;
  readonly reason?: string;
  readonly message?: {
    readonly command: string;
    readonly definition?: string;
    readonly room?: string;
    readonly mainTrack?: string;
  };
}

/** The errors that a client is sent, for the reason of a refusal. */
const definitionsIn = (effects: readonly { readonly type: string }[]): string | undefined => {
  const messages = effects.flatMap((effect) => (effect as Detail).message ?? []);
  const definitions = messages.flatMap(({ command, definition }) => (command === 'error' ? (definition ?? []) : []));
  return definitions.length === 0 ? undefined : definitions.join();
};

/** One `info` for each change of state, failure and refusal, with its reason; one `debug` for every other event. */
export const logTransitions =
  (log: Logger): ServerObserver =>
  ({ app, socket, address, remoteAddress, shared }) =>
  ({ machine, event, from, state, effects }) => {
    const { step, reason, message } = event as Detail;
    const isRoom = machine.startsWith('conference');
    const definition = definitionsIn(effects);
    const line = {
      app,
      socket,
      remoteAddress,
      machine,
      streamId: address?.streamId ?? (isRoom ? undefined : shared),
      room: isRoom ? shared : (message?.room ?? message?.mainTrack),
      event: event.type,
      step,
      reason,
      definition,
      state,
    };
    const hasChanged = from === undefined || text(from) !== text(state);
    if (hasChanged || definition !== undefined || reason !== undefined) log.info(line);
    else log.debug({ ...line, effects: effects.map(({ type }) => type) });
  };
