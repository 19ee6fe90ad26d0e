import { type SnapshotFrom, setup } from 'xstate';
import { ask, askActions } from './ask.ts';

/** Event of a room, for one of its members. */
export interface RoomMemberEvent {
  readonly type:
    | 'signal.joinRoom'
    | 'signal.leaveFromRoom'
    | 'role.brought'
    | 'role.announced'
    | 'role.released'
    | 'stream.displaced'
    | 'socket.closed';
}

/** Request of a member to its room. Performed by the room itself (`perform.ts`). */
export interface RoomMemberEffect {
  readonly type:
    | 'room.reserveId'
    | 'room.freeId'
    | 'room.sendJoined'
    | 'room.sendDisplaced'
    | 'room.endMembership'
    | 'room.notifyJoined'
    | 'room.notifyLeft'
    | 'room.addTrack'
    | 'room.removeTrack'
    | 'room.reportTrackAdded'
    | 'room.reportTrackRemoved'
    | 'room.endPublisher';
}

const departures = {
  'signal.leaveFromRoom': { target: 'left', actions: ask('room.endPublisher') },
  'socket.closed': 'left',
} as const;

/**
 * One stream of a room: how it came in, and whether its media is there. The room steps it, and keeps its state in the table of
 * members.
 *
 * @see docs/protocol.md § Conference, § Main tracks
 */
export const roomMember = setup({
  types: { events: {} as RoomMemberEvent, emitted: {} as RoomMemberEffect },
  actions: askActions<RoomMemberEvent, RoomMemberEffect>(),
}).createMachine({
  id: 'room.member',
  type: 'parallel',
  states: {
    presence: {
      initial: 'outside',
      states: {
        outside: {
          tags: 'unused',
          on: {
            'signal.joinRoom': {
              target: 'joined',
              actions: [ask('room.reserveId'), ask('room.sendJoined'), ask('room.notifyJoined')],
            },
            'role.brought': {
              target: 'publishing',
              actions: [ask('room.reserveId'), ask('room.notifyJoined')],
            },
          },
        },
        // It came by `publish` with this room as `mainTrack`, and leaves with its publisher.
        publishing: {
          on: {
            ...departures,
            // The others know it already.
            'signal.joinRoom': { target: 'joined', actions: ask('room.sendJoined') },
            'stream.displaced': { target: 'left', actions: ask('room.sendDisplaced') },
            'role.released': 'left',
          },
        },
        // It came by `joinRoom`, receives `streamJoined`, and stays if its publisher ends.
        joined: {
          on: {
            ...departures,
            'signal.joinRoom': { actions: ask('room.sendJoined') },
            'stream.displaced': { target: 'left', actions: [ask('room.sendDisplaced'), ask('room.endMembership')] },
          },
        },
        left: { type: 'final', tags: 'unused', entry: [ask('room.notifyLeft'), ask('room.freeId')] },
      },
    },
    media: {
      initial: 'absent',
      states: {
        absent: { on: { 'role.announced': 'live' } },
        live: {
          entry: [ask('room.reportTrackAdded'), ask('room.addTrack')],
          exit: [ask('room.removeTrack'), ask('room.reportTrackRemoved')],
          on: {
            // A publisher of the room that enters by `joinRoom` is announced to it once more.
            'role.announced': { actions: ask('room.addTrack') },
            'role.released': 'absent',
            'stream.displaced': 'absent',
            'signal.leaveFromRoom': 'absent',
            'socket.closed': 'absent',
          },
        },
      },
    },
  },
});

/** State of a member, as plain data. */
export type RoomMemberState = SnapshotFrom<typeof roomMember>['value'];
