/** Properties of an app's streams and rooms, derived from its state. */
import type { HookEffect } from '../machines/ports/hook.ts';
import type { ClaimRequest } from '../machines/ports/stream.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import { isLive as isLiveMember } from '../machines/shared/room/members.ts';
import type { Subscriber } from '../machines/socket/answer.ts';
import type { Claim } from './claims.ts';
import { noMembership, roomsOf } from './delivery.ts';
import type { AppNotification } from './output.ts';
import { type AppState, roomOf, streamOf } from './state.ts';

/** Live state of a stream or room in use. */
export interface LiveBroadcast {
  readonly streamId: string;
  readonly status: 'created' | 'preparing' | 'broadcasting';
  /** Data from its publisher, if there is one. */
  readonly claim: Pick<ClaimRequest, 'streamName' | 'metaData' | 'role'> | undefined;
  /** Time since it has been in use. Milliseconds since 1970. */
  readonly date: number;
  /** Time since its media has been connected. Milliseconds since 1970; 0 while it is not live. */
  readonly startTime: number;
  readonly mainTrack: string | undefined;
  /** The live streams of a room; `undefined` of what is no room. */
  readonly subtracks: readonly string[] | undefined;
  readonly viewers: number;
}

const membersOf = (state: AppState, room: string) => roomOf(state, room)?.context.members ?? [];

const ownerOf = (state: AppState, streamId: string) => streamOf(state, streamId)?.context.owner;

const membershipOf = (state: AppState, socket: SocketId | undefined) =>
  (socket !== undefined && state.sockets.get(socket)?.membership) || noMembership;

/** Reports whether a stream can be played now. */
export const isLive = (state: AppState, streamId: string): boolean =>
  streamOf(state, streamId)?.matches({ held: 'live' }) ?? false;

/** Reports whether a stream has a publisher. */
export const isHeld = (state: AppState, streamId: string): boolean =>
  streamOf(state, streamId)?.matches('held') ?? false;

/** The rooms that a stream is in: under whichever socket has it, or under one. */
export function roomsOfStream(state: AppState, streamId: string, under?: SocketId): readonly string[] {
  const { owner, reservations = [] } = streamOf(state, streamId)?.context ?? {};
  const sockets =
    under === undefined ? [...reservations.map(({ by }) => by), ...(owner === undefined ? [] : [owner])] : [under];
  const rooms = sockets.flatMap((socket) => {
    const membership = membershipOf(state, socket);
    const isIn = (room: string) =>
      membersOf(state, room).some((member) => member.from === socket && member.streamId === streamId);
    return [...membership.rooms, ...roomsOf(membership, streamId)].filter(isIn);
  });
  return [...new Set(rooms)];
}

/** The live streams of a room. */
export const subtracksOf = (state: AppState, room: string): readonly string[] =>
  membersOf(state, room).flatMap((member) => (isLiveMember(member) ? [member.streamId] : []));

/** Data from the publisher of a stream. */
function claimOf(state: AppState, streamId: string): Claim | undefined {
  const owner = ownerOf(state, streamId);
  return owner === undefined ? undefined : state.sockets.get(owner)?.claims.published.get(streamId);
}

/** Players of a stream or room. */
export function playersOf(state: AppState, streamId: string): readonly Subscriber[] {
  const ofStream = streamOf(state, streamId)?.context.players ?? [];
  const ofRoom = (roomOf(state, streamId)?.context.players ?? []).map(({ from }) => from);
  return [...ofStream, ...ofRoom].map((socket) => subscriberOf(state, socket, streamId));
}

/** Description of a player by its own account. */
export function subscriberOf(state: AppState, socket: SocketId, streamId: string): Subscriber {
  const { subscriberId = '', subscriberName = '' } = state.sockets.get(socket)?.claims.played.get(streamId) ?? {};
  return { subscriberId, subscriberName, streamId };
}

/** Live state of a stream or room; `undefined` if it is not in use. */
export function liveBroadcastOf(state: AppState, streamId: string): LiveBroadcast | undefined {
  const room = roomOf(state, streamId)?.context;
  if (room === undefined && streamOf(state, streamId) === undefined) return undefined;
  const owner = ownerOf(state, streamId);
  const claim = claimOf(state, streamId);
  // A room exists from its first stream on.
  const began = (room?.members ?? []).flatMap((member) => claimOf(state, member.streamId)?.date ?? []);
  const roomStart = began.length === 0 ? 0 : Math.min(...began);
  const [joined] = roomsOf(membershipOf(state, owner), streamId);
  const isPlayable = isLive(state, streamId) || began.length > 0;
  return {
    streamId,
    status: isPlayable ? 'broadcasting' : owner === undefined ? 'created' : 'preparing',
    claim,
    date: claim?.date ?? roomStart,
    startTime: claim?.startTime ?? roomStart,
    mainTrack: claim?.mainTrack ?? joined,
    subtracks: room && subtracksOf(state, streamId),
    viewers: playersOf(state, streamId).length,
  };
}

/** Notification for the application about an event. */
export function notificationOf(state: AppState, { action, streamId, by, mainTrack }: HookEffect): AppNotification {
  const claim = claimOf(state, streamId);
  const who = by === undefined ? claim : state.sockets.get(by)?.claims.played.get(streamId);
  return {
    action,
    streamId,
    by,
    about: by ?? ownerOf(state, streamId),
    mainTrack: mainTrack ?? claim?.mainTrack,
    streamName: claim?.streamName ?? '',
    metaData: claim?.metaData ?? '',
    subscriberId: who?.subscriberId ?? '',
  };
}
