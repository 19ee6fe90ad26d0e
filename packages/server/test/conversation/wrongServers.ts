import type { MessageSocket } from '@sigchart/core';
import type { ManualClock } from '@sigchart/core/testing';
import type { Between } from './memory.ts';

type Message = { readonly command: string; readonly [field: string]: unknown };

/** Behaviour of a server with one fault, for the messages of one socket. */
interface Habit {
  /** Messages sent instead of a correct one. Default: the message. */
  readonly says?: (message: Message) => readonly Message[];
  /** Messages processed instead of a received one. Default: the message. */
  readonly hears?: (message: Message) => readonly Message[];
  /** Messages sent in answer to a message, before anything else. */
  readonly blurts?: (message: Message) => readonly Message[];
  /** To whom it says a message. Default: the right one. */
  readonly to?: (message: Message) => 'newest' | 'everybody' | undefined;
  /** Milliseconds that it takes to say a message. */
  readonly lateMs?: (message: Message) => number;
  /** It takes every socket for alive. */
  readonly trustsSockets?: true;
}

/** A server that does one thing wrong, and the case that has to find it. */
export interface WrongServer {
  readonly what: string;
  readonly foundBy: string;
  /** Its behaviour on each socket. State of the outer function is shared by the whole server. */
  readonly habit: () => (says: (message: Message) => void, clock: ManualClock) => Habit;
}

/** A habit that needs to remember nothing. */
const always = (habit: Habit) => () => () => habit;

const named = (message: Message): string =>
  message.command === 'notification' || message.command === 'error' ? String(message.definition) : message.command;

const instead = (name: string, say: (message: Message) => readonly Message[]) => (message: Message) =>
  named(message) === name ? say(message) : [message];

const but = (name: string, change: (message: Message) => object) =>
  instead(name, (message) => [{ ...message, ...change(message) }]);

const twice = (name: string): Habit => ({ says: instead(name, (message) => [message, message]) });

const late = (...names: readonly string[]): Habit => ({
  lateMs: (message) => (names.includes(named(message)) ? 3_000 : 0),
});

/** A change to the JSON of a stream's properties. */
const told = (change: (broadcast: { readonly [field: string]: unknown }) => object): Habit => ({
  says: but('broadcastObject', ({ broadcast }) => {
    const known = JSON.parse(String(broadcast));
    return { broadcast: JSON.stringify({ ...known, ...change(known) }) };
  }),
});

const firstTwo = (list: unknown) => (Array.isArray(list) ? list.slice(0, 2) : list);

/** Takes ids for the same that differ only in what this leaves out. */
const confusing = (plain: (id: string) => string): Habit => ({
  hears: (message) => [
    Object.fromEntries(
      Object.entries(message).map(([field, value]) => [
        field,
        ['streamId', 'room'].includes(field) && typeof value === 'string' ? plain(value) : value,
      ]),
    ) as Message,
  ],
});

/** Sends the message about the first id again for every other id. */
function firstOf(name: string): () => () => Habit {
  return () => () => {
    let first: unknown;
    return {
      says: but(name, ({ streamId }) => {
        first ??= streamId;
        return { streamId: first };
      }),
    };
  };
}

/** Applies a request for one id to every id that the socket has started with a command, and that is the same without what this leaves out. */
function all(
  begin: string,
  end: string,
  id: 'streamId' | 'room',
  plain: (id: string) => string = () => '',
): () => () => Habit {
  return () => () => {
    const begun = new Set<unknown>();
    return {
      hears(message) {
        if (message.command === begin) begun.add(message[id]);
        const meant = [...begun].filter((each) => plain(String(each)) === plain(String(message[id])));
        return message.command === end ? meant.map((each) => ({ ...message, [id]: each })) : [message];
      },
    };
  };
}

/** Sends one more message of a kind after a given one. */
function lingering(after: string, name: string, linger: (message: Message) => object): () => () => Habit {
  return () => {
    let isAfter = false;
    return () => ({
      hears(message) {
        isAfter ||= message.command === after;
        return [message];
      },
      says: (message) => (isAfter && named(message) === name ? [{ ...message, ...linger(message) }] : [message]),
    });
  };
}

const oneMore = ({ count }: Message) => ({ count: Number(count) + 1 });

export const wrongServers: readonly WrongServer[] = [
  // Lists and members.
  {
    what: 'lists two streams of a room, and no more',
    foundBy: 'state/three-members',
    habit: always({ says: but('joinedTheRoom', ({ streams }) => ({ streams: firstTwo(streams) })) }),
  },
  {
    what: 'lists a member twice',
    foundBy: 'state/members-by-name',
    habit: always({
      says: but('joinedTheRoom', ({ streams }) => ({
        streams: [streams].flat().map((_, index, list) => list[index || 1] ?? list[0]),
      })),
    }),
  },
  { what: 'names the first member whoever comes', foundBy: 'state/members-by-name', habit: firstOf('streamJoined') },
  { what: 'names the first member whoever leaves', foundBy: 'state/members-by-name', habit: firstOf('streamLeaved') },
  {
    what: 'tells the one that leaves that it has left as a member, too',
    foundBy: 'state/members-by-name',
    habit: always({
      says: instead('leavedFromRoom', (message) => [
        message,
        { command: 'notification', definition: 'streamLeaved', streamId: 'itself' },
      ]),
    }),
  },
  {
    what: 'tells everybody of a member, in the room or not',
    foundBy: 'state/members-by-name',
    habit: always({ to: (message) => (named(message) === 'streamJoined' ? 'everybody' : undefined) }),
  },
  {
    what: 'knows two subtracks of a room, and no more',
    foundBy: 'state/room-from-every-side',
    habit: always(told(({ subTrackStreamIds }) => ({ subTrackStreamIds: firstTwo(subTrackStreamIds) }))),
  },
  {
    what: 'has two tracks in its list, and no more',
    foundBy: 'state/room-from-every-side',
    habit: always({ says: but('trackList', ({ trackList }) => ({ trackList: firstTwo(trackList) })) }),
  },
  {
    what: 'lists the one that asks as well',
    foundBy: 'state/room-from-every-side',
    habit: () => () => {
      let own: unknown;
      return {
        hears(message) {
          if (message.command === 'joinRoom') own = message.streamId;
          return [message];
        },
        says: but('roomInformation', ({ streams }) => ({ streams: [...new Set([streams, own ?? []].flat())] })),
      };
    },
  },
  {
    what: 'counts to two',
    foundBy: 'state/three-players',
    habit: always({ says: but('subscriberCount', ({ count }) => ({ count: Math.min(Number(count), 2) })) }),
  },
  {
    what: 'lists two players, and no more',
    foundBy: 'state/three-players',
    habit: always({
      says: but('subscriberList', ({ subscriberList }) => ({ subscriberList: firstTwo(subscriberList) })),
    }),
  },
  {
    what: 'tells two players of an end, and no third',
    foundBy: 'state/three-players',
    habit: () => {
      let count = 0;
      return () => ({
        says: instead('play_finished', (message) => {
          count += 1;
          return count > 2 ? [] : [message];
        }),
      });
    },
  },
  {
    what: 'counts a player that has left',
    foundBy: 'state/three-players',
    habit: lingering('stop', 'subscriberCount', oneMore),
  },
  // Several roles, several sockets.
  { what: 'starts the first stream again for the second', foundBy: 'state/two-publishers', habit: firstOf('start') },
  {
    what: 'answers as the first of two publishers',
    foundBy: 'state/two-publishers',
    habit: firstOf('takeConfiguration'),
  },
  { what: 'ends both streams of a socket', foundBy: 'state/two-publishers', habit: all('publish', 'stop', 'streamId') },
  { what: 'ends both calls of a socket', foundBy: 'state/two-calls', habit: all('join', 'leave', 'streamId') },
  {
    what: 'lets a member out of both its rooms',
    foundBy: 'state/two-rooms',
    habit: all('joinRoom', 'leaveFromRoom', 'room'),
  },
  {
    what: 'relays to the newest call',
    foundBy: 'state/two-calls',
    habit: () => () => {
      let newest: unknown;
      return {
        hears(message) {
          if (message.command === 'join') newest = message.streamId;
          return [
            message.command === 'takeConfiguration' ? { ...message, streamId: newest ?? message.streamId } : message,
          ];
        },
      };
    },
  },
  {
    what: 'starts whoever connected last',
    foundBy: 'state/two-sockets',
    habit: always({ to: ({ command }) => (command === 'start' ? 'newest' : undefined) }),
  },
  {
    what: 'says pong to whoever connected last',
    foundBy: 'state/who-asks-is-answered',
    habit: always({ to: ({ command }) => (command === 'pong' ? 'newest' : undefined) }),
  },
  {
    what: 'says its counts to everybody',
    foundBy: 'state/who-asks-is-answered',
    habit: always({ to: (message) => (named(message) === 'subscriberCount' ? 'everybody' : undefined) }),
  },
  {
    what: 'says errors to whoever connected last',
    foundBy: 'state/who-errs-is-told',
    habit: always({ to: ({ command }) => (command === 'error' ? 'newest' : undefined) }),
  },
  // Ids.
  ...(
    [
      ['whatever their case', 'case', (id: string) => id.toLowerCase()],
      ['if they begin alike', 'length', (id: string) => id.replace(/-1$/, '')],
      ['whatever marks are in them', 'marks', (id: string) => id.replaceAll('_', '-')],
      ['whatever dots are in them', 'dot', (id: string) => id.replaceAll('.', '')],
    ] as const
  ).flatMap(([how, slug, plain]) => [
    ...(['streams', 'calls', 'rooms'] as const).map(
      (what): WrongServer => ({
        what: `takes ${what} for the same, ${how}`,
        foundBy: `state/${what}-${slug}`,
        habit: always(confusing(plain)),
      }),
    ),
    {
      what: `stops several streams of a socket, ${how}`,
      foundBy: `state/own-streams-${slug}`,
      habit: all('publish', 'stop', 'streamId', plain),
    },
  ]),
  {
    what: 'stops everything of a socket that does not say what',
    foundBy: 'state/stop-of-nothing-named',
    habit: () => () => {
      const begun = new Set<unknown>();
      return {
        hears(message) {
          const { command, streamId } = message;
          if (command === 'publish') begun.add(streamId);
          const isNameless = command === 'stop' && streamId === undefined;
          return isNameless ? [message, ...[...begun].map((each) => ({ command, streamId: each }))] : [message];
        },
      };
    },
  },
  // What is over.
  {
    what: 'answers an offer after a stop',
    foundBy: 'state/offer-after-stop',
    habit: () => () => {
      const stopped = new Set<unknown>();
      return {
        blurts({ command, type, streamId }) {
          if (command === 'stop') stopped.add(streamId);
          return command === 'takeConfiguration' && type === 'offer' && stopped.has(streamId)
            ? [{ command, streamId, type: 'answer', sdp: 'v=0\r\n' }]
            : [];
        },
      };
    },
  },
  {
    what: 'starts again by itself for an offer after a stop',
    foundBy: 'state/offer-after-stop',
    habit: () => () => {
      const stopped = new Set<unknown>();
      return {
        hears(message) {
          const { command, type, streamId } = message;
          if (command === 'stop') stopped.add(streamId);
          const isLate = command === 'takeConfiguration' && type === 'offer' && stopped.has(streamId);
          return isLate ? [{ command: 'publish', streamId }, message] : [message];
        },
      };
    },
  },
  {
    what: 'has an error for an answer after a stop',
    foundBy: 'state/answer-after-stop',
    habit: always({
      blurts: ({ command, type, streamId }) =>
        command === 'takeConfiguration' && type === 'answer'
          ? [{ command: 'error', definition: 'no_peer_associated_before', streamId }]
          : [],
    }),
  },
  {
    what: 'goes on relaying for a peer that has left',
    foundBy: 'state/after-leave',
    habit: always({ hears: (message) => (message.command === 'leave' ? [] : [message]) }),
  },
  {
    what: 'tells a member that has left of others',
    foundBy: 'state/after-leaving-a-room',
    habit: always({ to: (message) => (named(message) === 'streamLeaved' ? 'everybody' : undefined) }),
  },
  {
    what: 'keeps the name of a stream that was',
    foundBy: 'state/nothing-is-kept-of-a-stream',
    habit: () => {
      let known = '';
      return () =>
        told(({ name }) => {
          known ||= String(name);
          return { name: known };
        });
    },
  },
  {
    what: 'keeps the metadata of a stream that was',
    foundBy: 'state/nothing-is-kept-of-a-stream',
    habit: () => {
      let known: unknown = null;
      return () =>
        told(({ metaData }) => {
          known ??= metaData;
          return { metaData: known };
        });
    },
  },
  {
    what: 'forgets what updateStreamMetaData said',
    foundBy: 'state/nothing-is-kept-of-a-stream',
    habit: always({ hears: (message) => (message.command === 'updateStreamMetaData' ? [] : [message]) }),
  },
  {
    what: 'answers the offer of whoever was refused',
    foundBy: 'state/refused-holds-nothing',
    habit: () => () => {
      let refused: unknown;
      return {
        says(message) {
          if (named(message) === 'streamIdInUse') refused = message.streamId;
          return [message];
        },
        blurts: ({ command, streamId }) =>
          command === 'takeConfiguration' && streamId === refused
            ? [{ command, streamId, type: 'answer', sdp: 'v=0\r\n' }]
            : [],
      };
    },
  },
  // Descriptions, and what is relayed.
  {
    what: 'ignores a type that it does not know',
    foundBy: 'state/unknown-type',
    habit: always({
      hears: (message) =>
        message.command === 'takeConfiguration' && !['offer', 'answer'].includes(String(message.type)) ? [] : [message],
    }),
  },
  {
    what: 'takes every type that it does not know for an offer',
    foundBy: 'state/unknown-type',
    habit: always({
      hears: (message) =>
        message.command === 'takeConfiguration' && message.type !== 'answer'
          ? [{ ...message, type: 'offer' }]
          : [message],
    }),
  },
  {
    what: 'reads a type in any case',
    foundBy: 'state/unknown-type',
    habit: always({
      hears: (message) =>
        typeof message.type === 'string' ? [{ ...message, type: message.type.trim().toLowerCase() }] : [message],
    }),
  },
  {
    what: 'relays the first candidate again and again',
    foundBy: 'state/relayed-as-said',
    habit: () => () => {
      let first: unknown;
      return {
        says: but('takeCandidate', ({ candidate }) => {
          first ??= candidate;
          return { candidate: first };
        }),
      };
    },
  },
  {
    what: 'relays candidates as those of the first section',
    foundBy: 'state/relayed-as-said',
    habit: always({ says: but('takeCandidate', () => ({ label: 0, id: 'mid0' })) }),
  },
  {
    what: 'removes the bandwidth from a description that it relays',
    foundBy: 'state/relayed-as-said',
    habit: always({ says: but('takeConfiguration', ({ sdp }) => ({ sdp: String(sdp).replace('b=AS:2500\r\n', '') })) }),
  },
  { what: 'relays candidates twice', foundBy: 'state/relayed-as-said', habit: always(twice('takeCandidate')) },
  {
    what: 'relays every description as an offer',
    foundBy: 'state/relayed-as-said',
    habit: always({ says: but('takeConfiguration', () => ({ type: 'offer' })) }),
  },
  {
    what: 'relays what was said to the one that said it, too',
    foundBy: 'state/relayed-as-said',
    habit: always({ to: ({ command }) => (command === 'takeCandidate' ? 'everybody' : undefined) }),
  },
  { what: 'relays messages twice', foundBy: 'state/messages-in-order', habit: always(twice('peerMessageCommand')) },
  {
    what: 'relays messages in pairs, the second first',
    foundBy: 'state/messages-in-order',
    habit: () => () => {
      let held: Message | undefined;
      return {
        says: instead('peerMessageCommand', (message) => {
          const before = held;
          held = before === undefined ? message : undefined;
          return before === undefined ? [] : [message, before];
        }),
      };
    },
  },
  // Subtracks.
  {
    what: 'names the room as the subtrack that was added',
    foundBy: 'state/subtracks',
    habit: always({ says: but('subtrackAdded', ({ mainTrack }) => ({ trackId: mainTrack })) }),
  },
  {
    what: 'does not say of which room a subtrack is',
    foundBy: 'state/subtracks',
    habit: always({ says: but('subtrackAdded', () => ({ mainTrack: undefined })) }),
  },
  {
    what: 'does not say which subtrack was removed',
    foundBy: 'state/subtracks',
    habit: always({ says: but('subtrackRemoved', () => ({ trackId: undefined })) }),
  },
  {
    what: 'never says that a subtrack was added',
    foundBy: 'state/subtracks',
    habit: always({ says: instead('subtrackAdded', () => []) }),
  },
  // Pongs.
  {
    what: 'answers three pings, and no fourth',
    foundBy: 'state/pong-goes-on',
    habit: () => () => {
      let count = 0;
      return {
        says: instead('pong', (message) => {
          count += 1;
          return count > 3 ? [] : [message];
        }),
      };
    },
  },
  ...(['publish', 'play', 'join', 'joinRoom'] as const).map(
    (command): WrongServer => ({
      what: `answers no ping after a ${command}`,
      foundBy: 'state/pong-goes-on',
      habit: () => () => {
        let isBusy = false;
        return {
          hears(message) {
            isBusy ||= message.command === command;
            return isBusy && message.command === 'ping' ? [] : [message];
          },
        };
      },
    }),
  ),
  // Time.
  ...(
    [
      ['time/answers', 'pong'],
      ['time/answers', 'iceServerConfig'],
      ['time/answers', 'streamInformation'],
      ['time/answers', 'no_stream_exist'],
      ['time/answers', 'subscriberCount'],
      ['time/stream-ends', 'publish_started'],
      ['time/stream-ends', 'play_started'],
      ['time/stream-ends', 'play_finished'],
      ['time/stream-ends', 'publish_finished'],
      ['time/publisher-closes', 'play_finished'],
      ['time/room', 'streamJoined'],
      ['time/room', 'streamLeaved'],
      ['time/room', 'joinedTheRoom'],
      ['time/call', 'start'],
      ['time/call', 'stop'],
      ['time/call', 'takeConfiguration'],
      ['time/media-awaited', 'publishTimeoutError'],
      ['time/player-awaited', 'play_finished'],
    ] as const
  ).map(([foundBy, name]): WrongServer => ({ what: `says ${name} late`, foundBy, habit: always(late(name)) })),
  {
    what: 'goes on counting a player whose socket has closed',
    foundBy: 'time/player-closes',
    habit: lingering('stop', 'subscriberCount', oneMore),
  },
  {
    what: 'waits 5 s for the media of a publisher',
    foundBy: 'time/media-awaited',
    habit: () => (say, clock) => ({
      hears(message) {
        const { command, streamId } = message;
        const gone = { command: 'error', definition: 'publishTimeoutError', streamId };
        if (command === 'publish') clock.start(5_000, () => say(gone));
        return [message];
      },
    }),
  },
  {
    what: 'waits 5 s for the media of a player',
    foundBy: 'time/player-awaited',
    habit: () => (say, clock) => ({
      hears(message) {
        const { command, streamId } = message;
        const gone = { command: 'notification', definition: 'play_finished', streamId };
        if (command === 'play') clock.start(5_000, () => say(gone));
        return [message];
      },
    }),
  },
  {
    what: 'never says session_restored',
    foundBy: 'time/restored',
    habit: always({ says: instead('session_restored', () => []) }),
  },
  { what: 'says session_restored twice', foundBy: 'time/restored', habit: always(twice('session_restored')) },
  {
    what: 'says publish_started again where it should say session_restored',
    foundBy: 'time/restored',
    habit: always({ says: but('session_restored', () => ({ definition: 'publish_started' })) }),
  },
  {
    what: 'does not end a publisher whose media is gone',
    foundBy: 'time/dead-publisher',
    habit: always({ says: instead('publish_finished', () => []) }),
  },
  {
    what: 'does not tell the players of a publisher whose media is gone',
    foundBy: 'time/dead-publisher',
    habit: always({ says: instead('play_finished', () => []) }),
  },
  {
    what: 'goes on counting a player whose media is gone',
    foundBy: 'time/dead-player',
    habit: () => () => ({ says: but('subscriberCount', () => ({ count: 2 })) }),
  },
  { what: 'takes every socket for alive', foundBy: 'time/dead-socket', habit: always({ trustsSockets: true }) },
  {
    what: 'does not tell of a socket that is dead',
    foundBy: 'time/dead-socket',
    habit: always({ says: instead('streamLeaved', () => []) }),
  },
  // What comes after the last step.
  {
    what: 'says the last message of a case twice',
    foundBy: 'room/joined-twice',
    habit: always(twice('leavedFromRoom')),
  },
  {
    what: 'says that a publisher has finished twice',
    foundBy: 'publish/taken-over',
    habit: always(twice('publish_finished')),
  },
];

function read(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}

/** Puts what a server does wrong between it and all its sockets. */
export function spoiling({ habit }: WrongServer): Between {
  const ofSocket = habit();
  const sockets: MessageSocket[] = [];
  return (right, session, clock) => {
    sockets.push(right);
    const say = (message: Message, to?: 'newest' | 'everybody') => {
      const text = JSON.stringify(message);
      if (to === 'everybody') for (const socket of sockets) socket.send(text);
      else (to === 'newest' ? (sockets.at(-1) as MessageSocket) : right).send(text);
    };
    const { says, hears, blurts, to, lateMs, trustsSockets } = ofSocket(say, clock);
    return {
      socket: {
        ...right,
        ping: () => (trustsSockets ? session().ponged() : right.ping?.()),
        send(text) {
          const message = JSON.parse(text) as Message;
          for (const said of says?.(message) ?? [message]) {
            const ms = lateMs?.(said) ?? 0;
            if (ms === 0) say(said, to?.(said));
            else clock.start(ms, () => say(said, to?.(said)));
          }
        },
      },
      received(text) {
        const message = read(text);
        if (message === undefined) {
          session().received(text);
          return;
        }
        for (const said of blurts?.(message) ?? []) say(said);
        for (const heard of hears?.(message) ?? [message]) session().received(JSON.stringify(heard));
      },
    };
  };
}
