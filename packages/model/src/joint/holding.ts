import { type AppState, placeOfRole, placeOfShared, type SharedKind } from '@sigchart/core/app';
import type {
  AccessAction,
  ConferenceServerContext,
  PeerServerContext,
  SocketId,
  StreamServerContext,
} from '@sigchart/core/machines';

const sharedOf =
  <Context>(kind: SharedKind) =>
  (app: AppState, id: string): Context | undefined =>
    app.machines.get(placeOfShared(kind, id).key)?.snapshot.context as Context | undefined;

const streamOf = sharedOf<StreamServerContext>('stream');
const callOf = sharedOf<PeerServerContext>('call');
const roomOf = sharedOf<ConferenceServerContext>('room');

const isInCall = (call: PeerServerContext | undefined, socket: SocketId): boolean =>
  call !== undefined && [call.first, call.second, call.claimant].includes(socket);

const hasEntered = (room: ConferenceServerContext | undefined, socket: SocketId): boolean =>
  room?.members.some(({ from, state }) => state.presence === 'joined' && from === socket) ?? false;

/** The socket that publishes a stream. */
export const ownerOf = (app: AppState, streamId: string): SocketId | undefined => streamOf(app, streamId)?.owner;

const roleOf = (app: AppState, socket: SocketId, role: 'publisher' | 'player', streamId: string) =>
  app.machines.get(placeOfRole(socket, { role, streamId }).key)?.snapshot;

/**
 * Everything that a socket holds of a stream, call or room for one kind of request, in words. This is written from the state alone,
 * so that it does not depend on the code that is checked.
 */
export function holdingsOf(app: AppState, socket: SocketId, action: AccessAction, id: string): readonly string[] {
  const held: string[] = [];
  const note = (isHeld: boolean, what: string) => {
    if (isHeld) held.push(what);
  };
  const { membership, claims, roles } = app.sockets.get(socket) ?? {};
  const stream = streamOf(app, id);
  const room = roomOf(app, id);
  if (action === 'publish') {
    note(roleOf(app, socket, 'publisher', id) !== undefined, `the role of ${id}`);
    note(roles?.some(({ role, streamId }) => role === 'publisher' && streamId === id) ?? false, 'a place of a role');
    note(claims?.published.has(id) ?? false, 'a claim');
    note(membership?.brought.some(({ streamId }) => streamId === id) ?? false, 'a place among the streams of rooms');
    note(stream?.owner === socket, 'the stream');
    note(stream?.claimant === socket, 'a claim of the stream');
  }
  if (action === 'play') {
    note(roleOf(app, socket, 'player', id) !== undefined, `the role of ${id}`);
    note(roles?.some(({ role, streamId }) => role === 'player' && streamId === id) ?? false, 'a place of a role');
    note(claims?.played.has(id) ?? false, 'a subscription');
    note(membership?.played.includes(id) ?? false, 'a place among the players of rooms');
    note([...(stream?.players ?? []), ...(stream?.parked ?? [])].includes(socket), 'a place at the stream');
    note(room?.players.some(({ from }) => from === socket) ?? false, 'a place as player of the room');
  }
  if (action === 'join') {
    note(membership?.calls.includes(id) ?? false, 'a place among its calls');
    note(isInCall(callOf(app, id), socket), 'a place in the call');
  }
  if (action === 'enter') {
    note(membership?.rooms.includes(id) ?? false, 'a place among its rooms');
    note(hasEntered(room, socket), 'a place in the room');
  }
  return held;
}

/** True if a granted request was accepted, or is still decided by what the app shares. */
export function hasAccepted(app: AppState, socket: SocketId, action: AccessAction, id: string): boolean {
  if (action === 'publish' || action === 'play')
    return roleOf(app, socket, action === 'publish' ? 'publisher' : 'player', id) !== undefined;
  return action === 'join' ? isInCall(callOf(app, id), socket) : hasEntered(roomOf(app, id), socket);
}

/** A holding of a socket in the app that nothing of the socket stands behind, or the reverse, in words. */
export function unsupportedHolding(app: AppState): string | undefined {
  for (const [socket, { membership, claims, roles }] of app.sockets) {
    const is = (role: 'publisher' | 'player', id: string, ...states: readonly string[]) => {
      const snapshot = roleOf(app, socket, role, id);
      return states.some((state) => snapshot?.matches(state as never));
    };
    for (const { role, streamId } of roles)
      if (roleOf(app, socket, role, streamId) === undefined)
        return `socket ${socket} lists a ${role} of ${streamId} that does not run`;
    for (const id of claims.published.keys())
      if (!is('publisher', id, 'deciding', 'accepted'))
        return `socket ${socket} has a claim of ${id} without a publisher`;
    for (const id of claims.played.keys())
      if (!is('player', id, 'deciding', 'parked', 'accepted'))
        return `socket ${socket} has a subscription of ${id} without a player`;
    for (const { streamId, room } of membership.brought)
      if (!is('publisher', streamId, 'accepted'))
        return `socket ${socket} brings ${streamId} to ${room} without a publisher`;
    for (const id of membership.played)
      if (!is('player', id, 'deciding', 'parked', 'accepted'))
        return `socket ${socket} plays room ${id} without a player`;
    for (const id of membership.calls)
      if (!isInCall(callOf(app, id), socket)) return `socket ${socket} counts call ${id}, which does not have it`;
    for (const id of membership.rooms)
      if (!hasEntered(roomOf(app, id), socket)) return `socket ${socket} counts room ${id}, which does not have it`;
  }
  for (const { place, snapshot } of app.machines.values()) {
    if (place.kind === 'role') {
      const { role, streamId } = place.address;
      const socket = app.sockets.get(place.socket);
      if (!socket?.roles.some((other) => other.role === role && other.streamId === streamId))
        return `${role} of ${streamId} runs, and socket ${place.socket} does not list it`;
      const claimed = role === 'publisher' ? socket.claims.published : socket.claims.played;
      if (snapshot.matches('accepted' as never) && !claimed.has(streamId))
        return `${role} of ${streamId} is accepted, and socket ${place.socket} has no claim of it`;
    }
    if (place.kind === 'call') {
      const { first, second, claimant } = snapshot.context as PeerServerContext;
      for (const socket of [first, second, claimant])
        if (socket !== undefined && !app.sockets.get(socket)?.membership.calls.includes(place.id))
          return `call ${place.id} has socket ${socket}, which is not in it`;
    }
    if (place.kind !== 'room') continue;
    const { members, players } = snapshot.context as ConferenceServerContext;
    for (const { from, state, streamId } of members) {
      const { rooms = [], brought = [] } = app.sockets.get(from)?.membership ?? {};
      const isIn =
        state.presence === 'joined'
          ? rooms.includes(place.id)
          : brought.some((one) => one.room === place.id && one.streamId === streamId);
      if (!isIn) return `room ${place.id} has ${streamId} of socket ${from}, which is not in it`;
    }
    for (const { from } of players)
      if (!app.sockets.get(from)?.membership.played.includes(place.id))
        return `room ${place.id} has a player on socket ${from}, which does not play it`;
  }
  return undefined;
}

/** A number of the app that differs from what it counts, in words. */
export function miscount(app: AppState): string | undefined {
  for (const kind of ['stream', 'call', 'room'] as const) {
    const running = [...app.machines.values()].filter(({ place }) => place.kind === kind).length;
    if (app.counts[kind] !== running)
      return `${running} of kind ${kind} are in use, and ${app.counts[kind]} are counted`;
  }
  return undefined;
}
