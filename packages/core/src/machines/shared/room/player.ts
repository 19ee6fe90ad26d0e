import { type SnapshotFrom, setup } from 'xstate';
import { ask, askActions } from './ask.ts';

/** Event of a room, for one of its players. */
export interface RoomPlayerEvent {
  readonly type: /** The room has no member yet, but this client has announced to publish. */
    | 'room.awaited'
    /** The room has members. */
    | 'room.opened'
    | 'role.watching'
    | 'role.unsubscribed'
    | 'signal.leaveFromRoom'
    | 'socket.closed';
}

/** Request of a player to its room. Performed by the room itself (`perform.ts`). */
export interface RoomPlayerEffect {
  readonly type: 'room.park' | 'room.offer' | 'room.reportPlayStarted' | 'room.reportPlayStopped';
}

/**
 * A socket that plays a room as one stream. The room steps it, and keeps its state in the table of players.
 *
 * @see docs/protocol.md § Main tracks
 */
export const roomPlayer = setup({
  types: { events: {} as RoomPlayerEvent, emitted: {} as RoomPlayerEffect },
  actions: askActions<RoomPlayerEvent, RoomPlayerEffect>(),
}).createMachine({
  id: 'room.player',
  initial: 'outside',
  on: { 'role.unsubscribed': '.left', 'signal.leaveFromRoom': '.left', 'socket.closed': '.left' },
  states: {
    outside: { on: { 'room.awaited': 'parked', 'room.opened': 'offered' } },
    parked: { entry: ask('room.park'), on: { 'room.opened': 'offered' } },
    offered: { entry: ask('room.offer'), on: { 'role.watching': 'watching' } },
    // Its media is connected.
    watching: { entry: ask('room.reportPlayStarted'), exit: ask('room.reportPlayStopped') },
    left: { type: 'final' },
  },
});

/** State of a player, as plain data. */
export type RoomPlayerState = SnapshotFrom<typeof roomPlayer>['value'];
