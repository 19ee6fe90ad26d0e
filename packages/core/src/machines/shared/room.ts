import { setup } from 'xstate';
import type { ServerMessage } from '../../protocol/message.ts';
import { actionKinds } from '../action.ts';
import { type AccessRight, outranks } from '../ports/access.ts';
import type { HookAction, HookEffect } from '../ports/hook.ts';
import type { Talker } from '../ports/stream.ts';
import type {
  From,
  RoleEndEffect,
  RoleTellEffect,
  SignalFrom,
  SignalToEffect,
  SocketFrom,
  SocketId,
} from './envelope.ts';
import { arrange, assignmentsOf, noSlots, reserve, type Slots } from './slots.ts';

/** One stream of a room, and whose it is. */
export interface Member {
  readonly from: SocketId;
  readonly streamId: string;
  readonly streamName: string;
  readonly metaData: string;
  readonly role: string | undefined;
  /** True if its publisher announces video. */
  readonly hasVideo: boolean;
  /** Maximum number of videos that its socket wants when it plays the room. Default none. */
  readonly maxVideoTracks?: number | undefined;
  /** True if it entered by `joinRoom`, and so receives `streamJoined`; otherwise it publishes with `mainTrack`. */
  readonly joined: boolean;
  /** True if its media is connected. */
  readonly live: boolean;
  /** The right that it showed to this id. The server's own ids are as good as the best. */
  readonly right: AccessRight | undefined;
}

/** A socket that plays the room over one connection. */
export interface RoomPlayer {
  readonly from: SocketId;
  /** The client's own stream, which is not sent to it. */
  readonly userPublishId: string | undefined;
  /** Selected subtracks: all except some, or only some. */
  readonly wants: { readonly all: boolean; readonly except: readonly string[] };
  /** Kind of its labels (docs/protocol.md § Track assignment). */
  readonly labelledBy: 'slot' | 'stream';
  /** Stream of each label. */
  readonly slots: Slots;
}

/** Context of a room. */
export interface ConferenceServerContext {
  readonly room: string;
  readonly members: readonly Member[];
  readonly players: readonly RoomPlayer[];
  /** The sockets of those players whose media is connected. */
  readonly watching: readonly SocketId[];
  /** Members who talk, in the order in which they started. */
  readonly talkers: readonly Talker[];
}

/** Parameters of a room. */
export interface ConferenceServerInput {
  readonly room: string;
}

/** Data from a publisher about the stream that it publishes into a room. */
export interface PublishedInRoom {
  readonly streamId: string;
  readonly streamName: string | undefined;
  readonly metaData: string | undefined;
  readonly role: string | undefined;
  /** True if it announces video. Default true. */
  readonly hasVideo?: boolean | undefined;
  /** True if it names this room as its main track. */
  readonly inMainTrack: boolean;
  /** The right that was shown for it. Default none. */
  readonly right?: AccessRight | undefined;
}

/** Data from a player of the room. */
export interface PlayedRoom {
  readonly trackList: readonly string[];
  readonly userPublishId: string | undefined;
  readonly disableTracksByDefault: boolean | undefined;
  /** Maximum number of the room's players. Default none. */
  readonly viewerLimit?: number | undefined;
}

/** Events of a room, each from one of its sockets. */
export type ConferenceServerEvent =
  | (SignalFrom<'joinRoom'> & {
      /** Id for a member that requests none. */
      readonly freshId: string;
      /** True if another socket with an equal or better right publishes the requested id. */
      readonly taken: boolean;
      /** The right that was shown to enter under that id. Default none. */
      readonly right?: AccessRight | undefined;
    })
  | SignalFrom<
      | 'leaveFromRoom'
      | 'getRoomInfo'
      | 'enableTrack'
      | 'assignVideoTrackCommand'
      | 'updateVideoTrackAssignmentsCommand'
      | 'setMaxVideoTrackCountCommand'
    >
  | From<{ readonly type: 'role.brought' } & PublishedInRoom>
  | From<{ readonly type: 'role.announced' | 'role.released'; readonly streamId: string }>
  /** A client with a better right publishes the id of this member. */
  | From<{ readonly type: 'stream.displaced'; readonly streamId: string }>
  | From<{ readonly type: 'role.talked' } & Talker>
  | From<{ readonly type: 'role.subscribed' } & PlayedRoom>
  | From<{ readonly type: 'role.watching' | 'role.unsubscribed' }>
  /** The application that runs the server says something to all players, or ends all publishers. `from` is `noSocket`. */
  | From<{ readonly type: 'app.data'; readonly text: string }>
  | From<{ readonly type: 'app.end' }>
  | SocketFrom;

/** Notifies a stream id that a room has, or no longer has, a member of that id. Performed by the app (`reduceApp`). */
export interface StreamExpectEffect {
  readonly type: 'stream.expect' | 'stream.unexpect';
  readonly streamId: string;
  readonly room: string;
  /** The socket of the member. */
  readonly by: SocketId;
  /** The right that it showed to this id. */
  readonly right: AccessRight | undefined;
}

/** Effects of a room. */
export type ConferenceServerEffect = SignalToEffect | RoleTellEffect | RoleEndEffect | StreamExpectEffect | HookEffect;

type Args = { readonly context: ConferenceServerContext; readonly event: ConferenceServerEvent };

const { effect, update } = actionKinds<ConferenceServerContext, ConferenceServerEvent, ConferenceServerEffect>();

const send = (to: SocketId, message: ServerMessage): SignalToEffect => ({ type: 'signal.send', to, message });

/** Maximum total length of names and metadata in one list as JSON, so that receivers accept the message. Code units. */
const maxListedLength = 100_000;

/** Entries of members in a list. Names and metadata beyond the maximum are `""`. */
function listed(members: readonly Member[]) {
  let left = maxListedLength;
  return members.map(({ streamId, streamName, metaData }) => {
    if (left >= 0) left -= JSON.stringify(streamName).length + JSON.stringify(metaData).length;
    return left >= 0 ? { streamId, streamName, metaData } : { streamId, streamName: '', metaData: '' };
  });
}

const idsOf = (members: readonly Member[]) => members.map(({ streamId }) => streamId);

/**
 * True if an event concerns a member: that of its stream, or each of its socket. A `joinRoom` concerns a member that it displaces
 * by a better right to its id.
 */
const concerns = (event: ConferenceServerEvent, member: Member): boolean =>
  event.type === 'signal.joinRoom'
    ? isOthers(member, event) && outranks(rightOf(event), member.right)
    : member.from === event.from && (!('streamId' in event) || event.streamId === member.streamId);

/** The members that the event is about. */
const concerned = ({ context, event }: Args): readonly Member[] =>
  context.members.filter((member) => concerns(event, member));

/** The members, those that the event is about changed. */
const withChanged = ({ context, event }: Args, change: Partial<Member>): readonly Member[] =>
  context.members.map((member) => (concerns(event, member) ? { ...member, ...change } : member));

/** The member that a socket entered as by `joinRoom`, if it did. */
const joinedOf = ({ context, event }: Args): Member | undefined =>
  context.members.find(({ from, joined }) => joined && from === event.from);

/** The id of a `joinRoom`: the requested one, or the generated one. */
const wishOf = (event: ConferenceServerEvent): string =>
  event.type === 'signal.joinRoom' ? (event.message.streamId ?? event.freshId) : '';

/** The right to that id. No client can have a right to a generated id. */
const rightOf = (event: Extract<ConferenceServerEvent, { type: 'signal.joinRoom' }>): AccessRight | undefined =>
  event.message.streamId === undefined ? 'stream' : event.right;

/** Reports whether a member of another socket has the id that a `joinRoom` is about. */
const isOthers = ({ from, streamId }: Member, event: ConferenceServerEvent): boolean =>
  from !== event.from && streamId === wishOf(event);

const wants = ({ wants: { all, except } }: RoomPlayer, streamId: string) => all !== except.includes(streamId);

/** True if a room's player gets a member: any but its own. */
const sees = (player: RoomPlayer, member: Member) =>
  member.from !== player.from && member.streamId !== player.userPublishId;

/** Maximum number of `enableTrack` settings of a player. */
const maxExcepted = 1_000;

/** Selection of a `trackList`: only the named subtracks, or, if any name starts with `!`, all except those. */
const wantsOf = ({ trackList, disableTracksByDefault }: PlayedRoom): RoomPlayer['wants'] => {
  const excluded = trackList.flatMap((entry) => (entry.startsWith('!') ? [entry.slice(1)] : []));
  if (excluded.length > 0) return { all: true, except: excluded };
  if (trackList.length > 0) return { all: false, except: trackList };
  return { all: disableTracksByDefault !== true, except: [] };
};

const tellPlayer = (room: string, to: SocketId, event: RoleTellEffect['event']): RoleTellEffect => ({
  type: 'role.tell',
  to,
  role: 'player',
  streamId: room,
  event,
});

/** Gives a room's player what there is to see for it of some members. */
const arranged = (player: RoomPlayer, members: readonly Member[]): RoomPlayer => ({
  ...player,
  slots: arrange(
    player.slots,
    members.filter((member) => member.live && sees(player, member) && wants(player, member.streamId)),
  ),
});

const tracksOf = ({ slots, labelledBy }: RoomPlayer) => assignmentsOf(slots, labelledBy);

/** Notifies every player of the room that gets one of `members` that it was added or removed. */
const tellTracks = (type: 'stream.trackAdded' | 'stream.trackRemoved', members: readonly Member[], { context }: Args) =>
  context.players.flatMap((player) =>
    members
      .filter((member) => sees(player, member))
      .map(({ streamId }) =>
        tellPlayer(context.room, player.from, {
          type,
          trackId: streamId,
          tracks: wants(player, streamId) ? tracksOf(player) : undefined,
        }),
      ),
  );

/** The player of the socket that sent the event. */
const ownPlayer = ({ context, event }: Args) => context.players.find(({ from }) => from === event.from);

/** Level of silence. @see RFC 6464 § 3 */
const silence = 127;

/** The members who talk, after a member has reported its level. */
const nextTalkers = ({ context: { members, talkers }, event }: Args): readonly Talker[] => {
  if (event.type !== 'role.talked') return talkers;
  const { streamId, level } = event;
  const isThere = (talker: Talker) => members.some((member) => member.live && member.streamId === talker.streamId);
  const isNew = !talkers.some((talker) => talker.streamId === streamId);
  return talkers
    .map((talker) => (talker.streamId === streamId ? { streamId, level } : talker))
    .concat(isNew ? { streamId, level } : [])
    .filter((talker) => talker.level < silence && isThere(talker));
};

/**
 * Recipients of the current talkers. Each talker reports repeatedly; only the reports of the first cause messages, so that more
 * talkers do not cause more messages.
 */
function listeners(args: Args): readonly { readonly from: SocketId; readonly talkers: readonly Talker[] }[] {
  const { context, event } = args;
  if (event.type !== 'role.talked') return [];
  const { streamId, level } = event;
  const talkers = nextTalkers(args);
  const isNew = !context.talkers.some((talker) => talker.streamId === streamId);
  if (!isNew && level < silence && talkers[0]?.streamId !== streamId) return [];
  const memberOf = (id: string) => context.members.find((member) => member.live && member.streamId === id);
  return context.players.flatMap((player) => {
    const isSeen = (id: string) => {
      const member = memberOf(id);
      return member !== undefined && sees(player, member);
    };
    const heard = talkers.filter((talker) => isSeen(talker.streamId));
    const isAudible = heard.length > 0 || (level >= silence && isSeen(streamId));
    return isAudible && context.watching.includes(player.from) ? { from: player.from, talkers: heard } : [];
  });
}

/** A non-negative integer, or `undefined` for anything else, such as -1 for no limit. */
const countOf = (count: number | undefined): number | undefined =>
  count === undefined || count < 0 ? undefined : Math.floor(count);

/** Notifies the other members that entered by `joinRoom` that `members` have come or gone. */
const notifyOthers = (
  definition: 'streamJoined' | 'streamLeaved',
  members: readonly Member[],
  { context, event }: Args,
) =>
  members.flatMap(({ streamId }) =>
    context.members
      .filter((member) => member.joined && member.from !== event.from && !members.includes(member))
      .map(({ from }) => send(from, { command: 'notification', definition, streamId })),
  );

const notify = (room: string, action: HookAction, streamId: string): HookEffect => ({
  type: 'hook.call',
  action,
  streamId,
  mainTrack: room,
});

const notifyStopped = (room: string, by: SocketId): HookEffect => ({
  type: 'hook.call',
  action: 'playStopped',
  streamId: room,
  by,
});

/** Those who go when a socket leaves the room. */
const leaving = ({ context, event }: Args) => context.members.filter(({ from }) => from === event.from);

/** By `joinRoom`. */
const admit = ['addJoined', 'sendJoined', 'notifyJoined'] as const;
const enter = ['expectJoined', ...admit] as const;

const refuse = ['sendInUse', 'endSender'] as const;

/** Of a member that loses its place to one with a better right to its id. */
const displace = [
  'sendDisplaced',
  'endDisplaced',
  'arrangeRemoved',
  'tellRemoved',
  'notifyLeft',
  'notifyRemoved',
] as const;

/** By `publish` with this room as `mainTrack`. */
const bring = ['addPublishing', 'expectPublished', 'notifyJoined'] as const;

/**
 * A room, for members of three dialects at once: those that enter by `joinRoom` and play each other, notified by `streamJoined`
 * or by asking `getRoomInfo`; and those that publish with `mainTrack` and play the room as one stream.
 *
 * One machine for all sockets, because they share its state. It lives as long as it has members or players.
 *
 * @see docs/protocol.md § Conference
 */
export const conferenceServer = setup({
  types: {
    context: {} as ConferenceServerContext,
    events: {} as ConferenceServerEvent,
    emitted: {} as ConferenceServerEffect,
    input: {} as ConferenceServerInput,
  },
  actions: {
    addJoined: update(({ context, event }) =>
      event.type === 'signal.joinRoom'
        ? {
            members: [
              ...context.members.filter(({ streamId }) => streamId !== wishOf(event)),
              {
                from: event.from,
                streamId: wishOf(event),
                streamName: event.message.streamName ?? '',
                metaData: event.message.metaData ?? event.message.metadata ?? '',
                role: event.message.role,
                hasVideo: true,
                joined: true,
                live: context.members.some(
                  ({ from, streamId, live }) => live && from === event.from && streamId === wishOf(event),
                ),
                right: rightOf(event),
              },
            ],
          }
        : undefined,
    ),
    addPublishing: update(({ context, event }) =>
      event.type === 'role.brought'
        ? {
            members: [
              ...context.members,
              {
                from: event.from,
                streamId: event.streamId,
                streamName: event.streamName ?? '',
                metaData: event.metaData ?? '',
                role: event.role,
                hasVideo: event.hasVideo ?? true,
                joined: false,
                live: false,
                right: event.right,
              },
            ],
          }
        : undefined,
    ),
    describeMember: update(({ context, event }) => {
      if (event.type !== 'role.brought') return undefined;
      return {
        members: context.members.map((member) =>
          concerns(event, member)
            ? {
                ...member,
                streamName: event.streamName ?? member.streamName,
                metaData: event.metaData ?? member.metaData,
                role: event.role ?? member.role,
                hasVideo: event.hasVideo ?? member.hasVideo,
              }
            : member,
        ),
      };
    }),
    markLive: update((args) => ({ members: withChanged(args, { live: true }) })),
    markNotLive: update((args) => ({ members: withChanged(args, { live: false }) })),
    removeMembers: update(({ context, event }) => ({
      members: context.members.filter((member) => !concerns(event, member)),
    })),
    addPlayer: update((args) => {
      const { context, event } = args;
      if (event.type !== 'role.subscribed') return undefined;
      const own = leaving(args);
      const player: RoomPlayer = {
        from: event.from,
        userPublishId: event.userPublishId,
        wants: wantsOf(event),
        // Pages that enter by `joinRoom` know no list of assignments, and put the tracks of one label in one element.
        labelledBy: own.some(({ joined }) => joined) ? 'stream' : 'slot',
        slots: {
          ...noSlots,
          maxVideoTracks: own.find((member) => member.maxVideoTracks !== undefined)?.maxVideoTracks,
        },
      };
      return { players: [...context.players, arranged(player, context.members)] };
    }),
    arrangeAdded: update(({ context }) => ({
      players: context.players.map((player) => arranged(player, context.members)),
    })),
    arrangeRemoved: update(({ context, event }) => {
      const remaining = context.members.filter((member) => !concerns(event, member));
      return { players: context.players.map((player) => arranged(player, remaining)) };
    }),
    reserveSlot: update((args) => {
      const { context, event } = args;
      if (event.type !== 'signal.assignVideoTrackCommand') return undefined;
      const { streamId, videoTrackId, enabled = true } = event.message;
      return {
        players: context.players.map((player) =>
          player.from === event.from
            ? arranged({ ...player, slots: reserve(player.slots, videoTrackId, streamId, enabled) }, context.members)
            : player,
        ),
      };
    }),
    turnPage: update(({ context, event }) => {
      if (event.type !== 'signal.updateVideoTrackAssignmentsCommand') return undefined;
      const [offset, size] = [countOf(event.message.offset) ?? 0, countOf(event.message.size)];
      const page = size === undefined ? undefined : { offset, size };
      return {
        players: context.players.map((player) =>
          player.from === event.from
            ? arranged({ ...player, slots: { ...player.slots, page } }, context.members)
            : player,
        ),
      };
    }),
    limitVideos: update(({ context, event }) => {
      if (event.type !== 'signal.setMaxVideoTrackCountCommand') return undefined;
      const maxVideoTracks = countOf(event.message.maxTrackCount);
      return {
        // The client may send it before it plays the room.
        members: context.members.map((member) => (member.from === event.from ? { ...member, maxVideoTracks } : member)),
        players: context.players.map((player) =>
          player.from === event.from
            ? arranged({ ...player, slots: { ...player.slots, maxVideoTracks } }, context.members)
            : player,
        ),
      };
    }),
    noteTalker: update((args) => ({ talkers: nextTalkers(args) })),
    removePlayer: update(({ context, event }) => ({
      players: context.players.filter(({ from }) => from !== event.from),
      watching: context.watching.filter((from) => from !== event.from),
    })),
    addWatching: update(({ context, event }) => ({ watching: [...context.watching, event.from] })),
    notifyPlayStarted: effect(({ context, event }) => ({
      type: 'hook.call',
      action: 'playStarted',
      streamId: context.room,
      by: event.from,
    })),
    notifyPlayStopped: effect(({ context, event }) =>
      context.watching.includes(event.from) ? notifyStopped(context.room, event.from) : undefined,
    ),
    notifyAdded: effect((args) => {
      const { members, room } = args.context;
      return concerned(args)
        .filter(({ live }) => !live)
        .flatMap(({ streamId }, index) => [
          ...(index === 0 && !members.some(({ live }) => live)
            ? [notify(room, 'firstActiveTrackAddedInMainTrack', streamId)]
            : []),
          notify(room, 'subtrackAddedInTheMainTrack', streamId),
        ]);
    }),
    notifyRemoved: effect((args) => {
      const { members, room } = args.context;
      const gone = concerned(args).filter(({ live }) => live);
      const remains = members.some((member) => member.live && !concerns(args.event, member));
      return gone.flatMap(({ streamId }, index) => [
        notify(room, 'subtrackLeftTheMainTrack', streamId),
        ...(index === gone.length - 1 && !remains ? [notify(room, 'noActiveSubtracksLeftInMainTrack', streamId)] : []),
      ]);
    }),
    tellFull: effect(({ context, event }) =>
      tellPlayer(context.room, event.from, { type: 'stream.refused', definition: 'viewerLimitReached' }),
    ),
    tellData: effect(({ context, event }) =>
      event.type === 'app.data'
        ? context.players.map(({ from }) => tellPlayer(context.room, from, { type: 'stream.data', text: event.text }))
        : undefined,
    ),
    tellEnded: effect(({ context }) =>
      context.members.map(
        ({ from, streamId }): RoleTellEffect => ({
          type: 'role.tell',
          to: from,
          role: 'publisher',
          streamId,
          event: { type: 'stream.ended' },
        }),
      ),
    ),
    setWanted: update(({ context, event }) =>
      event.type === 'signal.enableTrack'
        ? {
            players: context.players.map((player) => {
              const { trackId, enabled = true } = event.message;
              if (player.from !== event.from || wants(player, trackId) === enabled) return player;
              const { all, except } = player.wants;
              // Ids of no members are taken, too: they may come. Of more than a room may have, the oldest are forgotten.
              const others = except.filter((id) => id !== trackId).slice(-maxExcepted);
              const wanted = { all, except: all === enabled ? others : [...others, trackId] };
              return arranged({ ...player, wants: wanted }, context.members);
            }),
          }
        : undefined,
    ),
    tellAssigned: effect((args) => {
      const player = ownPlayer(args);
      return (
        player &&
        tellPlayer(args.context.room, player.from, { type: 'stream.tracksAssigned', tracks: tracksOf(player) })
      );
    }),
    tellTalkers: effect((args) =>
      listeners(args).map(({ from, talkers }) =>
        tellPlayer(args.context.room, from, { type: 'stream.talkers', talkers }),
      ),
    ),
    sendJoined: effect((args) => {
      const { context, event } = args;
      const others = context.members.filter(({ from }) => from !== event.from);
      return send(event.from, {
        command: 'notification',
        definition: 'joinedTheRoom',
        streamId: joinedOf(args)?.streamId ?? wishOf(event),
        streams: idsOf(others),
        ATTR_ROOM_NAME: context.room,
        room: context.room,
        streamList: listed(others),
        maxTrackCount: -1,
      });
    }),
    sendInUse: effect(({ event }) =>
      send(event.from, { command: 'error', definition: 'streamIdInUse', streamId: wishOf(event) }),
    ),
    endSender: effect(({ event }) => ({ type: 'role.end', to: event.from })),
    endDisplaced: effect((args) =>
      concerned(args)
        .filter(({ joined }) => joined)
        .map(({ from }) => ({ type: 'role.end', to: from })),
    ),
    sendLeft: effect(({ context, event }) =>
      send(event.from, {
        command: 'notification',
        definition: 'leavedFromRoom',
        ATTR_ROOM_NAME: context.room,
        room: context.room,
        reason: 'stopped',
      }),
    ),
    sendRoomInformation: effect(({ context, event }) => {
      const asker = event.type === 'signal.getRoomInfo' ? event.message.streamId : undefined;
      const others = context.members.filter(
        ({ from, live, streamId }) => live && from !== event.from && streamId !== asker,
      );
      return send(event.from, {
        command: 'roomInformation',
        room: context.room,
        ATTR_ROOM_NAME: context.room,
        streams: idsOf(others),
        streamList: listed(others),
      });
    }),
    notifyJoined: effect((args) =>
      notifyOthers(
        'streamJoined',
        args.event.type === 'signal.joinRoom' ? ([joinedOf(args)].filter(Boolean) as Member[]) : concerned(args),
        args,
      ),
    ),
    notifyLeft: effect((args) => notifyOthers('streamLeaved', concerned(args), args)),
    // It may be in the room as a publisher already.
    expectJoined: effect(({ context: { room, members }, event }) =>
      event.type !== 'signal.joinRoom' ||
      members.some(({ from, streamId }) => from === event.from && streamId === wishOf(event))
        ? undefined
        : { type: 'stream.expect', streamId: wishOf(event), room, by: event.from, right: rightOf(event) },
    ),
    expectPublished: effect(({ context: { room }, event }) =>
      event.type === 'role.brought'
        ? { type: 'stream.expect', streamId: event.streamId, room, by: event.from, right: event.right }
        : undefined,
    ),
    unexpect: effect((args) =>
      concerned(args).map(({ streamId, from, right }) => ({
        type: 'stream.unexpect',
        streamId,
        room: args.context.room,
        by: from,
        right,
      })),
    ),
    sendDisplaced: effect((args) =>
      concerned(args).map(({ from, streamId }) =>
        send(from, { command: 'error', definition: 'streamIdInUse', streamId, room: args.context.room }),
      ),
    ),
    tellAdded: effect((args) => tellTracks('stream.trackAdded', concerned(args), args)),
    tellRemoved: effect((args) =>
      tellTracks(
        'stream.trackRemoved',
        concerned(args).filter(({ live }) => live),
        args,
      ),
    ),
    tellLive: effect((args) => {
      const player = ownPlayer(args);
      return (
        player &&
        tellPlayer(args.context.room, player.from, { type: 'stream.live', tracks: tracksOf(player), isRoom: true })
      );
    }),
    tellNoStream: effect(({ context, event }) =>
      tellPlayer(context.room, event.from, { type: 'stream.refused', definition: 'no_stream_exist' }),
    ),
    tellParked: effect(({ context, event }) => tellPlayer(context.room, event.from, { type: 'stream.parked' })),
    tellParkedLive: effect(({ context }) =>
      context.players.map(({ from }) =>
        tellPlayer(context.room, from, { type: 'stream.live', tracks: [], isRoom: true }),
      ),
    ),
    // A member that leaves has closed all its connections without a message for each.
    endRoles: effect((args) => {
      const { context, event } = args;
      const own = leaving(args).map(
        ({ streamId }): RoleTellEffect => ({
          type: 'role.tell',
          to: event.from,
          role: 'publisher',
          streamId,
          event: { type: 'stream.ended' },
        }),
      );
      const played = [...idsOf(context.members.filter(({ from }) => from !== event.from)), context.room].map(
        (streamId): RoleTellEffect => ({
          type: 'role.tell',
          to: event.from,
          role: 'player',
          streamId,
          event: { type: 'stream.gone' },
        }),
      );
      return [...own, ...played];
    }),
  },
  guards: {
    hasJoined: (args) => joinedOf(args) !== undefined,
    isTaken: ({ context, event }) =>
      event.type === 'signal.joinRoom' &&
      (event.taken ||
        context.members.some((member) => isOthers(member, event) && !outranks(rightOf(event), member.right))),
    isOwnStream: ({ context, event }) =>
      context.members.some(({ from, streamId }) => from === event.from && streamId === wishOf(event)),
    displaces: (args) => args.event.type === 'signal.joinRoom' && concerned(args).length > 0,
    isConcerned: (args) => concerned(args).length > 0,
    isOwnMember: ({ context, event }) =>
      'streamId' in event &&
      context.members.some(
        ({ from, joined, streamId }) => joined && from === event.from && streamId === event.streamId,
      ),
    isInMainTrack: ({ event }) => event.type === 'role.brought' && event.inMainTrack,
    isPlayer: (args) => ownPlayer(args) !== undefined,
    switchesLive: (args) => {
      const { context, event } = args;
      if (event.type !== 'signal.enableTrack') return false;
      const { trackId, enabled = true } = event.message;
      const player = ownPlayer(args);
      const member = context.members.find(({ streamId, live }) => live && streamId === trackId);
      return player !== undefined && member !== undefined && sees(player, member) && wants(player, trackId) !== enabled;
    },
    isListenedTo: (args) => listeners(args).length > 0,
    isFull: ({ context: { players }, event }) =>
      event.type === 'role.subscribed' && event.viewerLimit !== undefined && players.length >= event.viewerLimit,
    isNewWatcher: ({ context, event }) =>
      context.players.some(({ from }) => from === event.from) && !context.watching.includes(event.from),
    publishesSoon: ({ event }) => event.type === 'role.subscribed' && event.userPublishId !== undefined,
    isMember: (args) => leaving(args).length > 0,
    isNewInMainTrack: ({ context, event }) =>
      event.type === 'role.brought' &&
      event.inMainTrack &&
      !context.members.some(({ streamId }) => streamId === event.streamId),
    isDeserted: ({ context }) => context.members.length === 0 && context.players.length === 0,
  },
}).createMachine({
  id: 'conference.server',
  context: ({ input }) => ({ room: input.room, members: [], players: [], watching: [], talkers: [] }),
  initial: 'empty',
  on: {
    'signal.getRoomInfo': { actions: 'sendRoomInformation' },
    'signal.leaveFromRoom': { actions: 'sendLeft' },
    'role.unsubscribed': { actions: ['notifyPlayStopped', 'removePlayer'] },
  },
  states: {
    empty: {
      tags: 'unused',
      on: {
        'signal.joinRoom': [
          { guard: 'isTaken', actions: refuse },
          { target: 'open', actions: enter },
        ],
        'role.brought': { guard: 'isInMainTrack', target: 'open', actions: bring },
        'role.subscribed': [
          { guard: 'isFull', actions: 'tellFull' },
          { guard: 'publishesSoon', target: 'awaited', actions: ['addPlayer', 'tellParked'] },
          { actions: 'tellNoStream' },
        ],
      },
    },
    // Played by a client that has announced to publish, but has not published yet.
    awaited: {
      always: { guard: 'isDeserted', target: 'empty' },
      on: {
        'signal.joinRoom': [
          { guard: 'isTaken', actions: refuse },
          { target: 'open', actions: [...enter, 'tellParkedLive'] },
        ],
        'role.brought': { guard: 'isInMainTrack', target: 'open', actions: [...bring, 'tellParkedLive'] },
        'role.subscribed': [{ guard: 'isFull', actions: 'tellFull' }, { actions: ['addPlayer', 'tellParked'] }],
        'socket.closed': { actions: 'removePlayer' },
      },
    },
    open: {
      always: { guard: 'isDeserted', target: 'empty' },
      on: {
        'signal.joinRoom': [
          { guard: 'hasJoined', actions: 'sendJoined' },
          { guard: 'isTaken', actions: refuse },
          // The others know it already: it publishes with this room as its main track.
          { guard: 'isOwnStream', actions: ['addJoined', 'sendJoined'] },
          { guard: 'displaces', actions: ['expectJoined', ...displace, 'unexpect', ...admit] },
          { actions: enter },
        ],
        'stream.displaced': { guard: 'isConcerned', actions: [...displace, 'unexpect', 'removeMembers'] },
        'signal.leaveFromRoom': [
          {
            guard: 'isMember',
            actions: [
              'sendLeft',
              'arrangeRemoved',
              'tellRemoved',
              'notifyLeft',
              'notifyRemoved',
              'unexpect',
              'notifyPlayStopped',
              'endRoles',
              'removeMembers',
              'removePlayer',
            ],
          },
          { actions: ['sendLeft', 'notifyPlayStopped', 'endRoles', 'removePlayer'] },
        ],
        'socket.closed': {
          actions: [
            'arrangeRemoved',
            'tellRemoved',
            'notifyLeft',
            'notifyRemoved',
            'notifyPlayStopped',
            'unexpect',
            'removeMembers',
            'removePlayer',
          ],
        },
        'signal.enableTrack': [
          { guard: 'switchesLive', actions: ['setWanted', 'tellAssigned'] },
          { actions: 'setWanted' },
        ],
        'signal.assignVideoTrackCommand': { guard: 'isPlayer', actions: ['reserveSlot', 'tellAssigned'] },
        'signal.updateVideoTrackAssignmentsCommand': { guard: 'isPlayer', actions: ['turnPage', 'tellAssigned'] },
        'signal.setMaxVideoTrackCountCommand': { actions: ['limitVideos', 'tellAssigned'] },
        'role.talked': [{ guard: 'isListenedTo', actions: ['tellTalkers', 'noteTalker'] }, { actions: 'noteTalker' }],
        'role.brought': [
          { guard: 'isConcerned', actions: 'describeMember' },
          { guard: 'isNewInMainTrack', actions: bring },
        ],
        'role.announced': { guard: 'isConcerned', actions: ['notifyAdded', 'markLive', 'arrangeAdded', 'tellAdded'] },
        'role.released': [
          { guard: 'isOwnMember', actions: ['arrangeRemoved', 'tellRemoved', 'notifyRemoved', 'markNotLive'] },
          {
            guard: 'isConcerned',
            actions: ['arrangeRemoved', 'tellRemoved', 'notifyLeft', 'notifyRemoved', 'unexpect', 'removeMembers'],
          },
        ],
        'role.subscribed': [{ guard: 'isFull', actions: 'tellFull' }, { actions: ['addPlayer', 'tellLive'] }],
        'role.watching': { guard: 'isNewWatcher', actions: ['addWatching', 'notifyPlayStarted'] },
        'app.data': { actions: 'tellData' },
        'app.end': { actions: 'tellEnded' },
      },
    },
  },
});
