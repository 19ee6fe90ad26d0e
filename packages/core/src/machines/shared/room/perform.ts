import type { ServerMessage } from '../../../protocol/message.ts';
import type { HookAction, HookEffect } from '../../ports/hook.ts';
import type { RoleTellEffect, SignalToEffect, SocketId } from '../envelope.ts';
import type { ConferenceServerContext } from './context.ts';
import type { ConferenceServerEffect, ConferenceServerEvent, StreamExpectEffect } from './event.ts';
import type { RoomMemberEffect } from './member.ts';
import { hasJoined, isLive, type Member, type MemberRequest } from './members.ts';
import type { RoomPlayerEffect } from './player.ts';
import { type PlayerRequest, type RoomPlayer, sees, tracksOf, wants } from './players.ts';

/** A room before and after a step of its members. */
export interface RoomChange {
  readonly before: ConferenceServerContext;
  readonly after: ConferenceServerContext;
  readonly event: ConferenceServerEvent;
}

/** Sends a message to one socket. */
export const send = (to: SocketId, message: ServerMessage): SignalToEffect => ({ type: 'signal.send', to, message });

/** Reports an event to a role of a socket. */
export const tell = (
  to: SocketId,
  role: 'publisher' | 'player',
  streamId: string,
  event: RoleTellEffect['event'],
): RoleTellEffect => ({ type: 'role.tell', to, role, streamId, event });

const report = (room: string, action: HookAction, streamId: string): HookEffect => ({
  type: 'hook.call',
  action,
  streamId,
  mainTrack: room,
});

const expectation = (type: StreamExpectEffect['type'], room: string, { from, streamId, right }: Member) => ({
  type,
  streamId,
  room,
  by: from,
  right,
});

/** Maximum total length of names and metadata in one list as JSON, so that receivers accept the message. Code units. */
const maxListedLength = 100_000;

/** Lists of members in a message. Names and metadata beyond the maximum are `""`. */
export function listed(members: readonly Member[]) {
  let left = maxListedLength;
  return {
    streams: members.map(({ streamId }) => streamId),
    streamList: members.map(({ streamId, streamName, metaData }) => {
      if (left >= 0) left -= JSON.stringify(streamName).length + JSON.stringify(metaData).length;
      return left >= 0 ? { streamId, streamName, metaData } : { streamId, streamName: '', metaData: '' };
    }),
  };
}

/** Notifies the other members that entered by `joinRoom`. */
const notifyOthers = (
  definition: 'streamJoined' | 'streamLeaved',
  members: readonly Member[],
  { after, event }: RoomChange,
) => {
  const others = after.members.filter((member) => hasJoined(member) && member.from !== event.from);
  return members.flatMap(({ streamId }) =>
    others.map(({ from }) => send(from, { command: 'notification', definition, streamId })),
  );
};

/** Notifies every player of the room that gets one of `members` that it was added or removed. */
const tellTracks = (
  type: 'stream.trackAdded' | 'stream.trackRemoved',
  members: readonly Member[],
  { after: { room, players } }: RoomChange,
) =>
  players.flatMap((player) =>
    members
      .filter((member) => sees(player, member))
      .map(({ streamId }) => {
        const tracks = wants(player, streamId) ? tracksOf(player) : undefined;
        return tell(player.from, 'player', room, { type, trackId: streamId, tracks });
      }),
  );

type Performers = {
  readonly [Type in RoomMemberEffect['type']]: (
    members: readonly Member[],
    change: RoomChange,
  ) => readonly ConferenceServerEffect[];
};

/** Performers of requests, in the order in which a room performs them: each at once for all members that make it. */
const performers: Performers = {
  // The id stays reserved if it goes from one member to another.
  'room.reserveId': (members, { after: { room } }) =>
    members.map((member) => expectation('stream.expect', room, member)),
  'room.sendDisplaced': (members, { after: { room } }) =>
    members.map(({ from, streamId }) => send(from, { command: 'error', definition: 'streamIdInUse', streamId, room })),
  'room.endMembership': (members) => members.map(({ from }) => ({ type: 'role.end', to: from })),
  'room.removeTrack': (members, change) => tellTracks('stream.trackRemoved', members, change),
  'room.notifyLeft': (members, change) => notifyOthers('streamLeaved', members, change),
  'room.reportTrackRemoved': (members, { after }) =>
    members.flatMap(({ streamId }, index) => [
      report(after.room, 'subtrackLeftTheMainTrack', streamId),
      ...(index === members.length - 1 && !after.members.some(isLive)
        ? [report(after.room, 'noActiveSubtracksLeftInMainTrack', streamId)]
        : []),
    ]),
  'room.freeId': (members, { after: { room } }) =>
    members.map((member) => expectation('stream.unexpect', room, member)),
  'room.sendJoined': (members, { after }) =>
    members.map(({ from, streamId }) => {
      const { streams, streamList } = listed(after.members.filter((other) => other.from !== from));
      return send(from, {
        command: 'notification',
        definition: 'joinedTheRoom',
        streamId,
        streams,
        ATTR_ROOM_NAME: after.room,
        room: after.room,
        streamList,
        maxTrackCount: -1,
      });
    }),
  'room.notifyJoined': (members, change) => notifyOthers('streamJoined', members, change),
  'room.reportTrackAdded': (members, { before, after: { room } }) =>
    members.flatMap(({ streamId }, index) => [
      ...(index === 0 && !before.members.some(isLive)
        ? [report(room, 'firstActiveTrackAddedInMainTrack', streamId)]
        : []),
      report(room, 'subtrackAddedInTheMainTrack', streamId),
    ]),
  'room.addTrack': (members, change) => tellTracks('stream.trackAdded', members, change),
  // A member that leaves has closed its connections without a message for each.
  'room.endPublisher': (members) =>
    members.map(({ from, streamId }) => tell(from, 'publisher', streamId, { type: 'stream.ended' })),
};

/** Effects of what members ask for. */
export const performForMembers = (
  requests: readonly MemberRequest[],
  change: RoomChange,
): readonly ConferenceServerEffect[] =>
  (Object.keys(performers) as (keyof Performers)[]).flatMap((type) => {
    const members = requests.filter((request) => request.type === type).map(({ member }) => member);
    return members.length === 0 ? [] : performers[type](members, change);
  });

const ofPlayer: {
  readonly [Type in RoomPlayerEffect['type']]: (player: RoomPlayer, room: string) => ConferenceServerEffect;
} = {
  'room.park': ({ from }, room) => tell(from, 'player', room, { type: 'stream.parked' }),
  'room.offer': (player, room) =>
    tell(player.from, 'player', room, { type: 'stream.live', tracks: tracksOf(player), isRoom: true }),
  'room.reportPlayStarted': ({ from }, room) => ({
    type: 'hook.call',
    action: 'playStarted',
    streamId: room,
    by: from,
  }),
  'room.reportPlayStopped': ({ from }, room) => ({
    type: 'hook.call',
    action: 'playStopped',
    streamId: room,
    by: from,
  }),
};

/** Effects of what players ask for. */
export const performForPlayers = (
  requests: readonly PlayerRequest[],
  room: string,
): readonly ConferenceServerEffect[] => requests.map(({ type, player }) => ofPlayer[type](player, room));
