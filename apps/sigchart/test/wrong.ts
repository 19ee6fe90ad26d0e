import type { MessageSocket } from '@sigchart/core';

type Message = { readonly command: string; readonly [field: string]: unknown };

/** One thing that a server does wrong, as a change to what a right one says or hears. */
export interface Wrong {
  /** What it does wrong. */
  readonly what: string;
  /** The case that has to find it. */
  readonly foundBy: string;
  /** What it says in the place of a message. */
  readonly says?: (message: Message) => readonly Message[];
  /** What it says by itself to a message, before the right server hears it. */
  readonly blurts?: (message: Message) => readonly Message[];
  /** Whether it hears a message at all. Default: yes. */
  readonly hears?: (message: Message) => boolean;
  /** Whether a text makes it close the socket. */
  readonly closes?: (text: string) => boolean;
}

const named = (message: Message): string =>
  message.command === 'notification' || message.command === 'error' ? String(message.definition) : message.command;

/** Says something else in the place of one message. */
const instead =
  (name: string, say: (message: Message) => readonly Message[]) =>
  (message: Message): readonly Message[] =>
    named(message) === name ? say(message) : [message];

const without = (name: string) => instead(name, () => []);

const but = (name: string, fields: object) => instead(name, (message) => [{ ...message, ...fields }]);

const deafTo = (command: string) => (message: Message) => message.command !== command;

/** A server whose answers come after the candidates that belong to them. */
function candidatesFirst() {
  const held = new Map<unknown, Message>();
  return (message: Message): readonly Message[] => {
    const { command, type, streamId } = message;
    if (command === 'takeConfiguration' && type === 'answer') {
      held.set(streamId, message);
      return [];
    }
    const answer = held.get(streamId);
    if (answer === undefined) return [message];
    held.delete(streamId);
    return [message, answer];
  };
}

/** Servers that are right but for one thing. */
export const wrongServers: readonly Wrong[] = [
  {
    what: 'answers before it is asked',
    foundBy: 'publish/start-before-answer',
    says: instead('start', (start) => [
      start,
      { command: 'takeConfiguration', streamId: start.streamId, type: 'answer', sdp: 'v=0' },
    ]),
  },
  {
    what: 'says label as a text to a publisher',
    foundBy: 'publish/candidates',
    says: instead('takeCandidate', (message) => [{ ...message, label: String(message.label) }]),
  },
  {
    what: 'says label as a text to a player',
    foundBy: 'play/candidates',
    says: instead('takeCandidate', (message) => [{ ...message, label: String(message.label) }]),
  },
  { what: 'leaves id out of candidates', foundBy: 'play/candidates', says: but('takeCandidate', { id: undefined }) },
  { what: 'has no idMapping', foundBy: 'play/id-mapping', says: but('takeConfiguration', { idMapping: undefined }) },
  { what: 'forgets that a peer leaves', foundBy: 'call/leave', hears: deafTo('leave') },
  {
    what: 'says a candidate after the stop of a publisher',
    foundBy: 'publish/candidates',
    says: instead('publish_finished', (message) => [
      message,
      { command: 'takeCandidate', streamId: message.streamId, label: 0, id: '0', candidate: 'candidate:1' },
    ]),
  },
  { what: 'says candidates before the answer', foundBy: 'publish/candidates', says: candidatesFirst() },
  {
    what: 'spells noStreamNameSpecified its own way',
    foundBy: 'publish/without-stream-id',
    says: but('noStreamNameSpecified', { definition: 'no_stream_name_specified' }),
  },
  { what: 'never says publish_started', foundBy: 'publish/started', says: without('publish_started') },
  { what: 'never says start', foundBy: 'publish/ladder', says: without('start') },
  {
    what: 'says start to a player',
    foundBy: 'play/ladder',
    blurts: ({ command, streamId }) => (command === 'play' ? [{ command: 'start', streamId }] : []),
  },
  { what: 'does not answer ping', foundBy: 'socket/ping', hears: deafTo('ping') },
  {
    what: 'calls getIceServerConfig an error',
    foundBy: 'socket/ice-servers',
    says: instead('iceServerConfig', () => [{ command: 'error', definition: 'noStreamNameSpecified' }]),
  },
  {
    what: 'calls an unknown command an error',
    foundBy: 'socket/unknown-command',
    blurts: ({ command }) => (command === 'getDebugInfo' ? [{ command: 'error', definition: 'unknown_command' }] : []),
  },
  { what: 'lists no streams in an empty room', foundBy: 'room/empty', says: but('joinedTheRoom', { streams: null }) },
  {
    what: 'spells streamLeaved right',
    foundBy: 'room/three',
    says: but('streamLeaved', { definition: 'streamLeft' }),
  },
  {
    what: 'forgets ATTR_ROOM_NAME',
    foundBy: 'room/names-itself',
    says: but('joinedTheRoom', { ATTR_ROOM_NAME: undefined }),
  },
  { what: 'keeps an id after its stop', foundBy: 'publish/again-after-stop', hears: deafTo('stop') },
  {
    what: 'answers the stop of nothing with an error',
    foundBy: 'publish/stop-of-nothing',
    blurts: ({ command, streamId }) =>
      command === 'stop' ? [{ command: 'error', definition: 'no_stream_exist', streamId }] : [],
  },
  { what: 'says 404 as a number', foundBy: 'play/no-stream', says: but('no_stream_exist', { error_code: 404 }) },
  { what: 'forgets players when the publisher ends', foundBy: 'play/publisher-gone', says: without('play_finished') },
  {
    what: 'does not say which stream has finished',
    foundBy: 'publish/finished',
    says: but('publish_finished', { streamId: undefined }),
  },
  {
    what: 'tells the third peer that it has joined',
    foundBy: 'call/third',
    says: instead('NoSpaceForNewPeer', ({ streamId }) => [{ command: 'notification', definition: 'joined', streamId }]),
  },
  {
    what: 'closes the socket on a text that is no JSON',
    foundBy: 'socket/no-json',
    closes: (text) => text.startsWith('publish'),
  },
];

/** A socket of a server that does one thing wrong: what is said to it goes through `hears`, what it says through the socket. */
export function spoil(wrong: Wrong, socket: MessageSocket) {
  const say = (message: Message) => socket.send(JSON.stringify(message));
  return {
    socket: {
      ...socket,
      send(text: string) {
        for (const message of wrong.says?.(JSON.parse(text)) ?? [JSON.parse(text)]) say(message);
      },
    },
    hears(text: string, right: (text: string) => void) {
      if (wrong.closes?.(text)) {
        socket.close();
        return;
      }
      let message: Message | undefined;
      try {
        message = JSON.parse(text) as Message;
      } catch {
        right(text);
        return;
      }
      for (const said of wrong.blurts?.(message) ?? []) say(said);
      if (wrong.hears?.(message) ?? true) right(text);
    },
  };
}
