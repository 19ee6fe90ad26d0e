/**
 * Deliveries between the machines of a socket and those that sockets share. Nothing here runs a machine or has state. The caller
 * keeps the membership of each socket, and performs deliveries one after another.
 *
 * @see docs/protocol.md § Routing, § Conference
 */
import type { SnapshotFrom } from 'xstate';
import type { ServerEvent } from '../machines/event.ts';
import { type AccessRight, outranks } from '../machines/ports/access.ts';
import type { RoleAddress, RoleRefusedEvent, RoleStartEffect } from '../machines/ports/role.ts';
import type { RoomEffect, RoomTellEffect } from '../machines/ports/room.ts';
import { heardByServer } from '../machines/ports/signal.ts';
import type { StreamEffect } from '../machines/ports/stream.ts';
import type { PeerServerEvent } from '../machines/shared/call.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { ConferenceServerEvent, StreamExpectEffect } from '../machines/shared/room/event.ts';
import { hasJoined } from '../machines/shared/room/members.ts';
import type { conferenceServer } from '../machines/shared/room.ts';
import type { DisplaceEffect, StreamServerEvent, streamServer } from '../machines/shared/stream.ts';
import type { ClientMessage } from '../protocol/message.ts';
import { type AppLimits, defaultAppLimits } from './limits.ts';
import { type RoleRoute, type RolesOf, routeFromClient } from './route.ts';

/** Relations of a socket to shared machines: who is notified of its messages. */
export interface Membership {
  /** Ids of the calls that it is in or has asked to join. */
  readonly calls: readonly string[];
  /** The rooms that it has joined. */
  readonly rooms: readonly string[];
  /** Rooms that are notified about each stream it publishes. */
  readonly brought: readonly { readonly streamId: string; readonly room: string }[];
  /** The rooms that it plays. */
  readonly played: readonly string[];
}

/** The membership of a socket that has just been opened. */
export const noMembership: Membership = { calls: [], rooms: [], brought: [], played: [] };

/** State of streams and rooms that deliveries depend on. */
export interface SharedState {
  /** The socket that publishes a stream, live or not. */
  ownerOf(streamId: string): SocketId | undefined;
  /** The right that it showed for it. */
  ownerRightOf(streamId: string): AccessRight | undefined;
  /** True if a stream can be played now. */
  isLive(streamId: string): boolean;
  /** True if a room is in use. */
  isRoom(id: string): boolean;
  /** The members of a room that publish, by the ids of their streams. */
  publishingIn(room: string): readonly string[];
  /** True if a room takes in a stream, or a socket that joins it: it has it already, or its app and it have space. */
  hasSpace(room: string, streamId: string | undefined, from: SocketId): boolean;
  /** True if a call is in use, or may come into use. */
  hasSpaceForCall(streamId: string): boolean;
  /** Maximum number of publishers, players, calls and rooms of a socket. */
  readonly maxRoles: number;
  /** Creates an unguessable id for a member that requested none. */
  freshId(): string;
}

/** Numbers of rooms and calls in use. */
export interface InUse {
  rooms(): number;
  calls(): number;
  isCall(streamId: string): boolean;
}

const nothingInUse: InUse = { rooms: () => 0, calls: () => 0, isCall: () => false };

/** Reads it off the machines of streams and rooms, where they run. */
export function sharedState(
  streamOf: (streamId: string) => SnapshotFrom<typeof streamServer> | undefined,
  roomOf: (room: string) => SnapshotFrom<typeof conferenceServer> | undefined,
  freshId: () => string,
  limits: AppLimits = defaultAppLimits,
  inUse: InUse = nothingInUse,
): SharedState {
  const ownerOf = (streamId: string) => streamOf(streamId)?.context.owner;
  return {
    ownerOf,
    maxRoles: limits.roles,
    hasSpace(room, streamId, from) {
      const members = roomOf(room)?.context.members;
      if (members === undefined) return inUse.rooms() < limits.rooms;
      return (
        members.length < limits.members ||
        members.some((member) => member.streamId === streamId || (hasJoined(member) && member.from === from))
      );
    },
    hasSpaceForCall: (streamId) => inUse.isCall(streamId) || inUse.calls() < limits.calls,
    ownerRightOf: (streamId) => streamOf(streamId)?.context.ownerRight,
    isLive: (streamId) => streamOf(streamId)?.matches({ held: 'live' }) ?? false,
    isRoom: (id) => roomOf(id) !== undefined,
    publishingIn: (room) =>
      (roomOf(room)?.context.members ?? [])
        .map(({ streamId }) => streamId)
        .filter((streamId) => ownerOf(streamId) !== undefined),
    freshId,
  };
}

/** An event for a shared machine, or data of a role about its stream for whoever stores that. */
export type SharedDelivery =
  | { readonly to: 'stream'; readonly streamId: string; readonly event: StreamServerEvent }
  | { readonly to: 'call'; readonly streamId: string; readonly event: PeerServerEvent }
  | { readonly to: 'room'; readonly room: string; readonly event: ConferenceServerEvent }
  | { readonly to: 'record'; readonly from: SocketId; readonly effect: StreamEffect };

/** An event on its way to a machine of a server. */
export type Delivery =
  | SharedDelivery
  /** To roles of the socket that run. */
  | { readonly to: 'roles'; readonly roles: readonly RoleRoute[]; readonly event: ServerEvent }
  /** To a new role of the socket, which starts with it. */
  | { readonly to: 'newRole'; readonly address: NewRoleAddress; readonly event: ServerEvent }
  /** To the machine of the socket. */
  | { readonly to: 'socket'; readonly event: ServerEvent };

/** Address of a role that a socket runs by itself. */
export interface NewRoleAddress extends RoleAddress {
  readonly role: 'publisher' | 'player';
}

/** Recipients in order, and the membership of the socket afterwards. */
export interface DeliveryPlan {
  readonly membership: Membership;
  readonly deliveries: readonly Delivery[];
}

/** Effects of a socket's machines on shared machines. */
export type SharedEffect = StreamEffect | RoomEffect | RoomTellEffect | RoleStartEffect;

const roomFull = 'main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks';

const without = (ids: readonly string[], id: string) => ids.filter((other) => other !== id);

const including = (ids: readonly string[], id: string) => (ids.includes(id) ? ids : [...ids, id]);

const toStream = (streamId: string, event: StreamServerEvent): Delivery => ({ to: 'stream', streamId, event });

const toCall = (streamId: string, event: PeerServerEvent): Delivery => ({ to: 'call', streamId, event });

const toRoom = (room: string, event: ConferenceServerEvent): Delivery => ({ to: 'room', room, event });

/** A client's message as an event of a shared machine. */
const heardFrom = <Heard>(from: SocketId, message: ClientMessage) => ({ ...heardByServer(message), from }) as Heard;

const bring = (membership: Membership, streamId: string, rooms: readonly string[]): Membership => {
  const known = new Set(roomsOf(membership, streamId));
  const added = [...new Set(rooms)].filter((room) => !known.has(room)).map((room) => ({ streamId, room }));
  return added.length === 0 ? membership : { ...membership, brought: [...membership.brought, ...added] };
};

/** The rooms that are notified about a stream that a socket publishes. */
export const roomsOf = ({ brought }: Membership, streamId: string): readonly string[] =>
  brought.filter((one) => one.streamId === streamId).map(({ room }) => room);

/** Message about the tracks of a played room. It names the room, the client's own stream, or another stream of the room. */
type AssignmentMessage = Extract<
  ClientMessage,
  {
    readonly command: 'assignVideoTrackCommand' | 'updateVideoTrackAssignmentsCommand' | 'setMaxVideoTrackCountCommand';
  }
>;

const isAboutAssignments = (message: ClientMessage): message is AssignmentMessage =>
  message.command === 'assignVideoTrackCommand' ||
  message.command === 'updateVideoTrackAssignmentsCommand' ||
  message.command === 'setMaxVideoTrackCountCommand';

/** The room that is named, if the socket is in it; else every room that it is in. */
function tellAssigningRooms(from: SocketId, membership: Membership, message: AssignmentMessage): DeliveryPlan {
  const { rooms, brought, played } = membership;
  const all = [...new Set([...rooms, ...brought.map(({ room }) => room), ...played])];
  const named = all.includes(message.streamId) ? [message.streamId] : all;
  return { membership, deliveries: named.map((room) => toRoom(room, heardFrom(from, message))) };
}

/** Deliveries for a client's message. */
export function deliverMessage(
  from: SocketId,
  membership: Membership,
  message: ClientMessage,
  rolesOf: RolesOf,
): DeliveryPlan {
  if (isAboutAssignments(message)) return tellAssigningRooms(from, membership, message);
  const destination = routeFromClient(message, rolesOf, membership.calls);
  const deliveryOf = (): Delivery => {
    switch (destination.to) {
      case 'roles':
        return { to: 'roles', roles: destination.roles, event: heardByServer(message) };
      case 'call':
        return toCall(destination.streamId, heardFrom(from, message));
      case 'room':
        return toRoom(destination.room, heardFrom(from, message));
      case 'socket':
        return { to: 'socket', event: heardByServer(message) };
    }
  };
  return { membership, deliveries: [deliveryOf()] };
}

/** Deliveries for a closed socket: those who share a call or a room with it are notified before its streams end. */
export function deliverClosed(from: SocketId, membership: Membership, roles: Iterable<RoleRoute>): DeliveryPlan {
  const closed = { type: 'socket.closed', from } as const;
  return {
    membership: { ...membership, calls: [], rooms: [] },
    deliveries: [
      ...membership.rooms.map((room) => toRoom(room, closed)),
      ...membership.calls.map((streamId) => toCall(streamId, closed)),
      { to: 'roles', roles: [...roles], event: { type: 'socket.closed' } },
      { to: 'socket', event: { type: 'socket.closed' } },
    ],
  };
}

/** Deliveries for a pong of the remote (RFC 6455 § 5.5.3). */
export function deliverPonged(from: SocketId, membership: Membership, roles: Iterable<RoleRoute>): DeliveryPlan {
  return {
    membership,
    deliveries: [
      ...membership.calls.map((streamId) => toCall(streamId, { type: 'socket.ponged', from })),
      { to: 'roles', roles: [...roles], event: { type: 'socket.ponged' } },
      { to: 'socket', event: { type: 'socket.ponged' } },
    ],
  };
}

/** Deliveries for an effect of a socket's machine on shared machines. `running` is the number of publishers and players of the socket. */
export function deliverEffect(
  from: SocketId,
  membership: Membership,
  effect: SharedEffect,
  shared: SharedState,
  running = 0,
): DeliveryPlan {
  const { calls, rooms } = membership;
  const isFull = running + calls.length + rooms.length >= shared.maxRoles;
  switch (effect.type) {
    case 'role.start':
      return startRole(from, membership, effect, shared, isFull);
    case 'room.tell':
      return tellRoom(from, membership, effect, shared, isFull);
    case 'room.bring':
      return bringToRooms(from, membership, effect);
    case 'stream.update': {
      const brought = bringToRooms(from, membership, { ...effect, type: 'room.bring' });
      return { ...brought, deliveries: [{ to: 'record', from, effect }, ...brought.deliveries] };
    }
    case 'stream.subscribe':
      return subscribe(from, membership, effect, shared);
    default:
      return tellOfStream(from, membership, effect, shared);
  }
}

/** Delivery for an expectation of a room about a member's stream. */
export function deliverExpectation({ type, streamId, room, by, right }: StreamExpectEffect): SharedDelivery {
  const event = { type: type === 'stream.expect' ? 'room.memberJoined' : 'room.memberLeft', room, by, right } as const;
  return { to: 'stream', streamId, event };
}

/** Reports of a stream to the room of a member that has lost its id. */
export const deliverDisplacement = ({ room, streamId, by }: DisplaceEffect): SharedDelivery => ({
  to: 'room',
  room,
  event: { type: 'stream.displaced', from: by, streamId },
});

/** A call is left: what the socket says of the id from then on is not for it. */
export const leaveCall = (membership: Membership, streamId: string): Membership => ({
  ...membership,
  calls: without(membership.calls, streamId),
});

/** A room is left, or was refused. */
export const leaveRoom = (membership: Membership, room: string): Membership => ({
  ...membership,
  rooms: without(membership.rooms, room),
});

/** Refuses to start a role, because the socket, the room or the app has reached its limit. */
const refuse = (
  membership: Membership,
  { definition, streamId, room }: Omit<RoleRefusedEvent, 'type'>,
): DeliveryPlan => ({
  membership,
  deliveries: [{ to: 'socket', event: { type: 'role.refused', definition, streamId, room } }],
});

function startRole(
  from: SocketId,
  membership: Membership,
  { address, message }: RoleStartEffect,
  { hasSpaceForCall }: SharedState,
  isFull: boolean,
): DeliveryPlan {
  const { role, streamId } = address;
  if (isFull || (role === 'peer' && !hasSpaceForCall(streamId)))
    return refuse(membership, { definition: 'highResourceUsage', streamId, room: undefined });
  if (role !== 'peer')
    return { membership, deliveries: [{ to: 'newRole', address: { role, streamId }, event: heardByServer(message) }] };
  return {
    membership: { ...membership, calls: including(membership.calls, streamId) },
    deliveries: [toCall(streamId, heardFrom(from, message))],
  };
}

function tellRoom(
  from: SocketId,
  membership: Membership,
  { message, right }: RoomTellEffect,
  { ownerOf, ownerRightOf, isLive, isRoom, freshId, hasSpace }: SharedState,
  isFull: boolean,
): DeliveryPlan {
  const { room } = message;
  if (message.command === 'leaveFromRoom')
    return {
      membership: leaveRoom(membership, room),
      deliveries: [toRoom(room, heardFrom(from, message))],
    };
  if (message.command === 'getRoomInfo') return { membership, deliveries: [toRoom(room, heardFrom(from, message))] };
  const { streamId } = message;
  if (isFull && !membership.rooms.includes(room))
    return refuse(membership, { definition: 'highResourceUsage', streamId: room, room });
  if (!hasSpace(room, streamId, from))
    return refuse(membership, { definition: isRoom(room) ? roomFull : 'highResourceUsage', streamId: room, room });
  const owner = streamId === undefined ? undefined : ownerOf(streamId);
  const taken =
    streamId !== undefined && owner !== undefined && owner !== from && !outranks(right, ownerRightOf(streamId));
  const joined: Membership = { ...membership, rooms: including(membership.rooms, room) };
  const joining = toRoom(room, {
    type: 'signal.joinRoom',
    message,
    from,
    freshId: freshId(),
    taken,
    ...(right !== undefined && { right }),
  });
  if (streamId === undefined || owner !== from) return { membership: joined, deliveries: [joining] };
  // It has published before it joined.
  return {
    membership: bring(joined, streamId, [room]),
    deliveries: isLive(streamId) ? [joining, toRoom(room, { type: 'role.announced', from, streamId })] : [joining],
  };
}

/** Notifies the rooms of a stream: those that its socket has joined, and its main track. */
function bringToRooms(
  from: SocketId,
  membership: Membership,
  { streamId, mainTrack, streamName, metaData, role, hasVideo, right }: RoomEffect,
): DeliveryPlan {
  const brought = bring(membership, streamId, [...membership.rooms, ...(mainTrack === undefined ? [] : [mainTrack])]);
  return {
    membership: brought,
    deliveries: roomsOf(brought, streamId).map((room) =>
      toRoom(room, {
        type: 'role.brought',
        from,
        streamId,
        streamName,
        metaData,
        role,
        hasVideo,
        inMainTrack: room === mainTrack,
        ...(right !== undefined && { right }),
      }),
    ),
  };
}

/** Delivers a subscription. A room is played under its own name; if a stream has the same name, the stream is played. */
function subscribe(
  from: SocketId,
  membership: Membership,
  effect: Extract<StreamEffect, { readonly type: 'stream.subscribe' }>,
  { isRoom, isLive }: SharedState,
): DeliveryPlan {
  const { streamId, trackList, userPublishId, disableTracksByDefault, viewerLimit } = effect;
  const record: Delivery = { to: 'record', from, effect };
  if (isLive(streamId) || !(isRoom(streamId) || userPublishId !== undefined))
    return {
      membership,
      deliveries: [record, toStream(streamId, { type: 'role.subscribed', from, viewerLimit })],
    };
  return {
    membership: { ...membership, played: including(membership.played, streamId) },
    deliveries: [
      record,
      toRoom(streamId, {
        type: 'role.subscribed',
        from,
        trackList,
        userPublishId,
        disableTracksByDefault,
        viewerLimit,
      }),
    ],
  };
}

/** True if the room that a stream is for has all the streams that it may have, that one aside. */
const isRoomFull = (
  from: SocketId,
  { streamId, mainTrack, subtracksLimit }: Extract<StreamEffect, { readonly type: 'stream.claim' }>,
  { publishingIn, hasSpace }: SharedState,
) =>
  mainTrack !== undefined &&
  (!hasSpace(mainTrack, streamId, from) ||
    (subtracksLimit !== undefined &&
      publishingIn(mainTrack).filter((other) => other !== streamId).length >= subtracksLimit));

function tellOfStream(
  from: SocketId,
  membership: Membership,
  effect: Exclude<StreamEffect, { readonly type: 'stream.subscribe' | 'stream.update' }>,
  shared: SharedState,
): DeliveryPlan {
  const { streamId } = effect;
  const record: Delivery = { to: 'record', from, effect };
  /** A player's room, where that is what it plays; else its stream. */
  const toPlayed = (type: 'role.watching' | 'role.unsubscribed') =>
    membership.played.includes(streamId) ? toRoom(streamId, { type, from }) : toStream(streamId, { type, from });
  const toRooms = (type: 'role.announced' | 'role.released') =>
    roomsOf(membership, streamId).map((room) => toRoom(room, { type, from, streamId }));
  switch (effect.type) {
    case 'stream.claim':
      return {
        membership,
        deliveries: [
          record,
          toStream(streamId, {
            type: 'role.claimed',
            from,
            isRoomFull: isRoomFull(from, effect, shared),
            ...(effect.right !== undefined && { right: effect.right }),
          }),
        ],
      };
    case 'stream.talk':
      return {
        membership,
        deliveries: roomsOf(membership, streamId).map((room) =>
          toRoom(room, { type: 'role.talked', from, streamId, level: effect.level }),
        ),
      };
    case 'stream.keep':
      return { membership, deliveries: [toStream(streamId, { type: 'role.kept', from })] };
    case 'stream.announce':
      return {
        membership,
        deliveries: [record, toStream(streamId, { type: 'role.announced', from }), ...toRooms('role.announced')],
      };
    case 'stream.release':
      // Members are notified that it left before players are notified that it ended (docs/protocol.md § Conference).
      return {
        membership: { ...membership, brought: membership.brought.filter((one) => one.streamId !== streamId) },
        deliveries: [...toRooms('role.released'), toStream(streamId, { type: 'role.released', from }), record],
      };
    case 'stream.watch':
      return { membership, deliveries: [toPlayed('role.watching')] };
    case 'stream.unsubscribe':
      return {
        membership: { ...membership, played: without(membership.played, streamId) },
        deliveries: [toPlayed('role.unsubscribed'), record],
      };
  }
}
