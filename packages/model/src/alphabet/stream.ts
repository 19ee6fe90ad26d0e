import type { StreamServerEvent, streamServer } from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { streamId } from './connection.ts';

const said = [
  'role.claimed',
  'role.announced',
  'role.kept',
  'role.released',
  'role.subscribed',
  'role.watching',
  'role.unsubscribed',
] as const;

/** Events of a stream id, from two sockets, each of which may publish, play, and be a member of a room. */
export const streamServerEvents: MachineOptions<typeof streamServer> = {
  inputs: [{ streamId }],
  // A role sends each of these once, in a valid order (`role.unsubscribed` after it has subscribed).
  within: ({ context: { players, parked, reservations } }) =>
    [players, parked].every((sockets) => new Set(sockets).size === sockets.length) && reservations.length <= 2,
  events: [
    ...[1, 2].flatMap((from): StreamServerEvent[] => [
      ...said.map((type) => ({ type, from })),
      { type: 'role.claimed', from, right: 'stream' },
      { type: 'room.memberJoined', room: 'r1', by: from, right: undefined },
      { type: 'room.memberLeft', room: 'r1', by: from, right: undefined },
    ]),
    { type: 'role.claimed', from: 1, isRoomFull: true },
    { type: 'role.subscribed', from: 2, viewerLimit: 0 },
    { type: 'app.data', text: '{}' },
    { type: 'app.end' },
  ],
};
