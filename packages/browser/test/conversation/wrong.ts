import type { Wire } from './memory.ts';

type Message = { readonly command: string; readonly [field: string]: unknown };

/** A fault of a client, as a change to the messages that a correct one sends or receives. */
export interface Wrong {
  /** Description of the fault. */
  readonly what: string;
  /** The case that has to find it. */
  readonly foundBy: string;
  /** Creates the change for one client, because it may have state. */
  readonly wire: () => Wire;
}

const texts = (messages: readonly Message[]): readonly string[] => messages.map((message) => JSON.stringify(message));
const said = (change: (message: Message) => readonly Message[]) => (text: string) =>
  texts(change(JSON.parse(text) as Message));
const isNamed = (message: Message, name: string) =>
  (message.command === 'notification' ? message.definition : message.command) === name;

/** Changes received messages; texts that are not messages stay unchanged. */
const heard = (change: (message: Message) => readonly Message[]) => (text: string) => {
  try {
    return texts(change(JSON.parse(text) as Message));
  } catch {
    return [text];
  }
};
const heardIf = (hears: (message: Message) => boolean) => heard((message) => (hears(message) ? [message] : []));

/** Clients that are right but for one thing. */
export const wrongClients: readonly Wrong[] = [
  {
    what: 'says its candidates before its offer',
    foundBy: 'clientPublish/candidates',
    wire: () => {
      let held: Message | undefined;
      return {
        says: said((message) => {
          if (message.command === 'takeConfiguration' && message.type === 'offer') {
            held = message;
            return [];
          }
          if (held === undefined) return [message];
          const offer = held;
          held = undefined;
          return [message, offer];
        }),
      };
    },
  },
  {
    what: 'says label as a text',
    foundBy: 'clientPublish/candidates',
    wire: () => ({
      says: said((message) =>
        message.command === 'takeCandidate' ? [{ ...message, label: String(message.label) }] : [message],
      ),
    }),
  },
  {
    what: 'says label as a text, as a player',
    foundBy: 'clientPlay/candidates',
    wire: () => ({
      says: said((message) =>
        message.command === 'takeCandidate' ? [{ ...message, label: String(message.label) }] : [message],
      ),
    }),
  },
  {
    what: 'says candidates after its stop',
    foundBy: 'clientPublish/candidates',
    wire: () => {
      let last: Message | undefined;
      return {
        says: said((message) => {
          if (message.command === 'takeCandidate') last = message;
          return message.command === 'stop' && last !== undefined ? [message, last] : [message];
        }),
      };
    },
  },
  {
    what: 'answers a start for another stream',
    foundBy: 'clientPublish/other-stream',
    wire: () => {
      let own: unknown;
      return {
        says: said((message) => {
          if (message.command === 'publish') own = message.streamId;
          return [message];
        }),
        hears: heard((message) => [message.command === 'start' ? { ...message, streamId: own } : message]),
      };
    },
  },
  {
    what: 'offers before it is told to start',
    foundBy: 'clientPublish/waits-for-start',
    wire: () => ({
      says: said((message) =>
        message.command === 'publish'
          ? [message, { command: 'takeConfiguration', streamId: message.streamId, type: 'offer', sdp: 'v=0' }]
          : [message],
      ),
    }),
  },
  {
    what: 'does not answer a further offer',
    foundBy: 'clientPlay/further-offer',
    wire: () => {
      let offers = 0;
      return {
        hears: heardIf((message) => {
          if (message.command !== 'takeConfiguration') return true;
          offers += 1;
          return offers === 1;
        }),
      };
    },
  },
  {
    what: 'never says stop',
    foundBy: 'clientPublish/ladder',
    wire: () => ({ says: said((message) => (message.command === 'stop' ? [] : [message])) }),
  },
  {
    what: 'does not heed publish_finished',
    foundBy: 'clientPublish/finished',
    wire: () => ({ hears: heardIf((message) => !isNamed(message, 'publish_finished')) }),
  },
  {
    what: 'does not heed server_will_stop',
    foundBy: 'clientSocket/server-stops',
    wire: () => ({ hears: heardIf((message) => !isNamed(message, 'server_will_stop')) }),
  },
  {
    what: 'never says ping',
    foundBy: 'clientSocket/pings',
    wire: () => ({ says: said((message) => (message.command === 'ping' ? [] : [message])) }),
  },
  {
    what: 'asks again for what it was refused',
    foundBy: 'clientPlay/no-stream',
    wire: () => {
      let play: string | undefined;
      let again: ((text: string) => void) | undefined;
      return {
        says: (text) => {
          if ((JSON.parse(text) as Message).command === 'play') play = text;
          return [text];
        },
        blurts: (speak) => {
          again = speak;
        },
        hears: heard((message) => {
          if (message.command === 'error' && play !== undefined) again?.(play);
          return [message];
        }),
      };
    },
  },
  {
    what: 'leaves a room without stopping what it plays',
    foundBy: 'clientRoom/watches',
    wire: () => ({ says: said((message) => (message.command === 'stop' ? [] : [message])) }),
  },
  {
    what: 'leaves a call as one leaves a stream, by stop',
    foundBy: 'clientCall/calls',
    wire: () => ({
      says: said((message) => [message.command === 'leave' ? { ...message, command: 'stop' } : message]),
    }),
  },
];
