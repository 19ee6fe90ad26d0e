import { type AppState, isLive, liveBroadcastOf } from '@sigchart/core/app';
import type { ConferenceServerContext, StreamServerContext } from '@sigchart/core/machines';
import type { Property } from './explore.ts';
import { holdingsOf, miscount, unsupportedHolding } from './holding.ts';
import { snapshotOf, Turn } from './turn.ts';
import { type Actor, nameOf, readName, type World } from './world.ts';

/** Property that is violated by a recorded fault. */
const noted = (name: string, sentence: string): Property<World> => ({
  name,
  sentence,
  violation: ({ faults }) => faults.find(([property]) => property === name)?.[1],
});

const contextOf = (actor: Actor) => snapshotOf(actor).context as Readonly<Record<string, unknown>>;

const isIn = (actor: Actor, state: unknown) => snapshotOf(actor).matches(state as never);

/** States in which a machine may rest with nothing pending. */
const restingStates: Readonly<Record<string, readonly unknown[]>> = {
  'publisher.client': [{ accepted: { negotiation: 'stable', media: 'publishing' } }],
  'publisher.server': [{ accepted: { negotiation: 'stable', media: { receiving: 'owned' } } }],
  'player.client': [{ accepted: { negotiation: 'stable', media: 'playing' } }],
  'player.server': [{ accepted: { negotiation: 'stable', media: 'sending' } }],
  'peer.client': [
    'waiting',
    { calling: { negotiation: 'stable', media: 'connected' } },
    { called: { negotiation: 'stable', media: 'connected' } },
  ],
  'peer.server': ['waiting', { paired: 'settled' }],
  'conference.client': ['entered'],
  'conference.server': ['open'],
  'stream.server': ['expected', { held: 'claimed' }, { held: 'live' }],
  'socket.client': ['idle', { open: { iceServers: 'known' } }],
  'socket.server': ['open'],
};

const whoOf = (value: unknown) => JSON.stringify(value).replaceAll('"', '');

/** The id of a role of the server that has been accepted, and what it is to the stream. */
const holders: Readonly<Record<string, readonly unknown[]>> = {
  publisher: ['deciding', 'accepted'],
  player: ['deciding', 'parked', 'accepted'],
};

const holds = (world: World, socket: number, role: 'publisher' | 'player', id: string) => {
  const actor = world.actors.get(nameOf('server', socket, role, id));
  return actor !== undefined && (holders[role] as readonly unknown[]).some((state) => isIn(actor, state));
};

const none = Number.POSITIVE_INFINITY;

/** True if a machine is a publisher of the server for an id, and its media was connected. */
const isSending = (name: string, actor: Actor, id: string): boolean => {
  const read = readName(name);
  if (actor.machine !== 'publisher.server' || read.id !== id) return false;
  return ['receiving', 'interrupted'].some((media) => isIn(actor, { accepted: { media } }));
};

/** Numbers of the server's players of an id. */
const playersIn = (app: AppState, id: string) => {
  const players = [...app.machines.values()].filter(
    ({ place }) => place.kind === 'role' && place.address.role === 'player' && place.address.streamId === id,
  );
  const countIn = (state: string) => players.filter(({ snapshot }) => snapshot.matches(state as never)).length;
  return { accepted: countIn('accepted'), parked: countIn('parked') };
};

/** The properties of every conversation. */
export const properties = {
  expected: noted(
    'nothing unexpected arrives',
    'Every message is one that whoever hears it knows in that state, or is to pass over there.',
  ),
  candidates: noted(
    'no candidate before its description',
    'A candidate is neither sent before the own description nor added before the other.',
  ),
  open: noted('connections are asked while they are open', 'Nothing is asked of a connection that is not open.'),
  closed: noted(
    'connections are closed',
    'Whoever opens a connection closes it before it opens another, and before it ends.',
  ),
  one: noted('one description at a time', 'No description is asked for while another is being made.'),
  answered: noted('an answer belongs to its offer', 'The answer that is applied is to the offer that was made last.'),
  paired: noted(
    'started and finished pair up',
    'What has been said to have started is said to have finished, or an error says so, and neither is said twice.',
  ),
  negotiation: noted(
    'a candidate belongs to its negotiation',
    'A candidate is added to the connection whose description has its ICE user name fragment.',
  ),
  relayed: noted(
    'what is relayed arrives, once, in order',
    'A message of a call reaches the other peer, data reaches each player, news of a room reaches each member: once, in order.',
  ),
  alive: noted(
    'who answers keeps what it has',
    'The server ends nothing for silence of a socket that has answered its ping.',
  ),
  asked: noted('a question is answered once', 'A question to the server has one answer.'),
  notified: noted(
    'notifications of starts and ends pair up',
    'The application of the server is notified of each start once, with its owner, and then of its end.',
  ),
  refused: {
    name: 'who was refused holds nothing',
    sentence: 'Whoever was refused something has no role, claim, subscription or place for it.',
    violation({ app, links, faults }) {
      const fault = faults.find(([property]) => property === 'who was refused holds nothing');
      if (fault !== undefined) return fault[1];
      for (const [socket, { refused }] of links)
        for (const request of refused) {
          const [action, id] = request.split(' ') as [Parameters<typeof holdingsOf>[2], string];
          const [held] = holdingsOf(app, socket, action, id);
          if (held !== undefined) return `socket ${socket} was refused to ${request}, and has ${held}`;
        }
      return undefined;
    },
  },
  held: {
    name: 'what a socket holds has a role behind it',
    sentence:
      'Claims, subscriptions and places of a socket are those of its running roles, and the app lists all of them.',
    violation: ({ app }) => unsupportedHolding(app) ?? miscount(app),
  },
  limits: {
    name: 'limits hold',
    sentence: 'No stream or room has more players, and no socket or app more roles, rooms or calls than allowed.',
    violation: ({ app, limits }) => {
      const { viewers = none, members = none, rooms = none, calls = none, roles = none } = limits;
      if (app.counts.room > rooms || app.counts.call > calls) return `there are ${JSON.stringify(app.counts)}`;
      for (const { place, snapshot } of app.machines.values()) {
        if (place.kind === 'stream') {
          const { players, parked } = snapshot.context as StreamServerContext;
          if (players.length + parked.length > viewers) return `${place.id} has players ${[...players, ...parked]}`;
        }
        if (place.kind !== 'room') continue;
        const room = snapshot.context as ConferenceServerContext;
        if (room.players.length > viewers) return `${place.id} has ${room.players.length} players`;
        if (room.members.length > members) return `${place.id} has ${room.members.length} members`;
      }
      for (const [number, socket] of app.sockets) {
        const { calls: joined, rooms: entered } = socket.membership;
        if (socket.roles.length + joined.length + entered.length > roles) return `socket ${number} has too many roles`;
      }
      return undefined;
    },
  },
  described: {
    name: 'what the server says of a stream is so',
    sentence: 'A stream is live while its publisher sends media, and its viewers are its players.',
    violation({ app, actors }) {
      for (const { place } of app.machines.values()) {
        if (place.kind !== 'stream' && place.kind !== 'room') continue;
        const { id } = place;
        const isSent = [...actors].some(([name, actor]) => isSending(name, actor, id));
        if (place.kind === 'stream' && isLive(app, id) !== isSent)
          return `${id} is ${isSent ? 'sent' : 'not sent'}, and reported otherwise`;
        const { accepted, parked } = playersIn(app, id);
        const viewers = liveBroadcastOf(app, id)?.viewers ?? -1;
        if (viewers < accepted || viewers > accepted + parked)
          return `${id} has ${accepted} players, and reports ${viewers}`;
      }
      return undefined;
    },
  },
  unanswered: {
    name: 'every question is answered',
    sentence: 'Where nothing is under way any more, no client waits for an answer.',
    violation({ links }, isQuiet) {
      if (!isQuiet) return undefined;
      for (const [number, { questions }] of links)
        if (questions.length > 0) return `socket ${number} waits for an answer about ${questions}`;
      return undefined;
    },
  },
  timers: noted('no timer elapses unheard', 'A timer runs only where its end is heard.'),
  deadlock: {
    name: 'no deadlock',
    sentence: 'Where nothing is under way any more, every machine is where it may stay.',
    violation({ actors }, isQuiet) {
      if (!isQuiet) return undefined;
      for (const [name, actor] of actors)
        if (!(restingStates[actor.machine] ?? []).some((state) => isIn(actor, state)))
          return `${name} waits in ${whoOf(snapshotOf(actor).value)} for nothing`;
      return undefined;
    },
  },
  free: {
    name: 'a released stream id is free',
    sentence: 'A stream knows nobody as owner, claimant or player whose role is not, or no longer, with it.',
    violation(world) {
      for (const [name, actor] of world.actors) {
        if (actor.machine !== 'stream.server') continue;
        const { streamId, owner, claimant, players, parked } = contextOf(actor) as {
          streamId: string;
          owner?: number;
          claimant?: number;
          players: number[];
          parked: number[];
        };
        for (const socket of [owner, claimant])
          if (socket !== undefined && !holds(world, socket, 'publisher', streamId))
            return `${name} is held for socket ${socket}, which has no publisher of it`;
        for (const socket of [...players, ...parked])
          if (!holds(world, socket, 'player', streamId))
            return `${name} has a player on socket ${socket}, which has none of it`;
      }
      return undefined;
    },
  },
  ghosts: {
    name: 'no half is left behind',
    sentence:
      'Where nothing is under way any more, every role of a client has its half on the server, and the other way round.',
    violation({ actors, links, sockets }, isQuiet) {
      if (!isQuiet) return undefined;
      for (const [name, actor] of actors) {
        const { side, number, what, id } = readName(name);
        if (what !== 'publisher' && what !== 'player') {
          if (
            actor.machine === 'peer.client' &&
            !(links.get(sockets[number - 1] as number)?.membership.calls ?? []).includes(id)
          )
            return `${name} is in no call`;
          continue;
        }
        const half =
          side === 'client'
            ? nameOf('server', sockets[number - 1] as number, what, id)
            : nameOf('client', links.get(number)?.client ?? -1, what, id);
        if (!actors.has(half)) return `${name} has no other half`;
      }
      for (const [number, { client, membership }] of links)
        for (const call of membership.calls)
          if (!actors.has(nameOf('client', client, 'peer', call)))
            return `socket ${number} is in call ${call} for nobody`;
      for (const [name, actor] of actors) {
        if (actor.machine !== 'peer.server') continue;
        const { first, second, streamId } = contextOf(actor) as { first?: number; second?: number; streamId: string };
        for (const socket of [first, second])
          if (socket !== undefined && !(links.get(socket)?.membership.calls ?? []).includes(streamId))
            return `${name} counts socket ${socket}, which is not in it`;
      }
      return undefined;
    },
  },
  room: {
    name: 'members know each other',
    sentence:
      'Where nothing is under way any more, each member knows and plays exactly the others that are in its room.',
    violation({ actors, sockets }, isQuiet) {
      if (!isQuiet) return undefined;
      const members = [...actors].filter(([, actor]) => actor.machine === 'conference.client');
      const idOf = (actor: Actor) => String(contextOf(actor).streamId);
      /** Those in a room: members, and publishers that name it as their main track. */
      const idsIn = (room: string) => [
        ...new Set(
          [...actors].flatMap(([name, actor]) => {
            const { request } = contextOf(actor) as { readonly request?: { readonly mainTrack?: string } };
            const isIn =
              actor.machine === 'conference.client'
                ? readName(name).id === room
                : actor.machine === 'publisher.client' && request?.mainTrack === room;
            return isIn ? [idOf(actor)] : [];
          }),
        ),
      ];
      for (const [name, actor] of members) {
        const { side: _, number, id: room } = readName(name);
        const others = idsIn(room).filter((id) => id !== idOf(actor));
        const known = contextOf(actor).others as readonly string[];
        if (whoOf([...known].sort()) !== whoOf(others.sort()))
          return `${name} knows ${whoOf(known)} and there are ${whoOf(others)}`;
        const counted = actors.get(nameOf('server', 0, 'room', room));
        const listed =
          counted === undefined ? [] : (contextOf(counted).members as readonly { from: number; streamId: string }[]);
        if (!listed.some(({ from, streamId }) => from === sockets[number - 1] && streamId === idOf(actor)))
          return `${name} is not listed in its room`;
        // Where members are looked at without their roles, none of them publishes.
        if (![...actors.keys()].some((role) => readName(role).what === 'publisher')) continue;
        for (const other of others)
          if (!actors.has(nameOf('client', number, 'player', other))) return `${name} does not play ${other}`;
        if (!actors.has(nameOf('client', number, 'publisher', idOf(actor)))) return `${name} does not publish`;
      }
      for (const [name, actor] of actors) {
        if (actor.machine !== 'conference.server') continue;
        const listed = contextOf(actor).members as readonly { from: number }[];
        const there = idsIn(readName(name).id);
        if (listed.length !== there.length) return `${name} lists ${listed.length} of ${there.length} members`;
      }
      return undefined;
    },
  },
  outlived: {
    name: 'nothing outlives its socket',
    sentence: 'When all sockets are closed, no machine of the server is left.',
    violation(world, isQuiet) {
      if (!isQuiet) return undefined;
      const turn = new Turn(world, {
        retryLimit: 0,
        hasSockets: true,
        isGrantedAtOnce: false,
        hasMemberRoles: true,
        hasUfrags: false,
      });
      for (const number of [...turn.links.keys()]) turn.closed(number);
      const left = [...turn.finish().actors.keys()].filter((name) => name.startsWith('server'));
      return left.length === 0 ? undefined : `${left.join(', ')} would be left`;
    },
  },
} as const satisfies Record<string, Property<World>>;
