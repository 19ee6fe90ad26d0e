import type { PeerServerEvent, peerClient, peerServer } from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { connection, keepsFew, negotiation, streamId } from './connection.ts';
import { fromClient, fromServer } from './saying.ts';

const notified = (definition: string) => fromServer({ command: 'notification', definition, streamId });
const failed = (definition: string) => fromServer({ command: 'error', definition, streamId });

/** Events of a peer's client. */
export const peerClientEvents: MachineOptions<typeof peerClient> = {
  inputs: [{ retryLimit: 1 }],
  within: keepsFew,
  events: [
    { type: 'app.join', streamId },
    { type: 'app.send', definition: 'chat', data: 'hello' },
    { type: 'app.stop' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    notified('joined'),
    notified('leaved'),
    fromServer({ command: 'start', streamId }),
    fromServer({ command: 'stop', streamId }),
    fromServer({ command: 'peerMessageCommand', streamId, definition: 'chat', data: 'hello' }),
    fromServer(negotiation.offer),
    fromServer(negotiation.answer),
    fromServer(negotiation.candidate),
    failed('NoSpaceForNewPeer'),
    failed('unauthorized_access'),
    failed('no_peer_associated_before'),
    connection.offerCreated,
    connection.answerCreated,
    connection.iceCandidate,
    connection.connected,
    connection.disconnected,
    connection.offerFailed,
    connection.connectionFailed,
    { type: 'clock.skipped', ms: 60_000 },
    { type: 'timer.request' },
    { type: 'timer.media' },
    { type: 'timer.grace' },
    { type: 'timer.stopping' },
    { type: 'timer.retry' },
  ],
};

const commands = [
  { command: 'join', streamId },
  { command: 'leave', streamId },
  { command: 'stop', streamId },
  { command: 'publish', streamId },
  { command: 'play', streamId },
  { command: 'peerMessageCommand', streamId, data: 'hello' },
  negotiation.offer,
  negotiation.candidate,
];

/** Events of a call, from three sockets, and of a fourth that would join. */
export const peerServerEvents: MachineOptions<typeof peerServer> = {
  inputs: [{ streamId }],
  events: [
    ...[1, 2, 3].flatMap((from): PeerServerEvent[] => [
      ...commands.map((saying) => ({ ...fromClient(saying), from }) as PeerServerEvent),
      { type: 'socket.closed', from },
      { type: 'socket.ponged', from },
    ]),
    // While a third asks, so does a fourth.
    { ...fromClient({ command: 'join', streamId }), from: 4 } as PeerServerEvent,
    { type: 'timer.contest' },
    { type: 'timer.late' },
  ],
};
