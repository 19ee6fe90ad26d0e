import type { playerClient, playerServer } from '@sigchart/core';
import type { MachineOptions } from '../machine/graph.ts';
import { connection, keepsFew, negotiation, streamId } from './connection.ts';
import { fromClient, fromServer } from './saying.ts';

const notified = (definition: string) => fromServer({ command: 'notification', definition, streamId });
const failed = (definition: string) => fromServer({ command: 'error', definition, streamId });

/** What a player's client may hear. */
export const playerClientEvents: MachineOptions<typeof playerClient> = {
  inputs: [{ retryLimit: 1 }],
  within: keepsFew,
  events: [
    { type: 'app.play', streamId },
    { type: 'app.stop' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    fromServer(negotiation.offer),
    fromServer(negotiation.answer),
    fromServer(negotiation.candidate),
    notified('play_finished'),
    failed('no_stream_exist'),
    failed('unauthorized_access'),
    failed('notSetLocalDescription'),
    failed('no_peer_associated_before'),
    connection.answerCreated,
    connection.iceCandidate,
    connection.connected,
    connection.disconnected,
    connection.descriptionFailed,
    connection.connectionFailed,
    { type: 'timer.request' },
    { type: 'timer.media' },
    { type: 'timer.grace' },
    { type: 'timer.stopping' },
    { type: 'timer.retry' },
  ],
};

const request = {
  action: 'play',
  streamId,
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
} as const;

/** What a player's server may hear. */
export const playerServerEvents: MachineOptions<typeof playerServer> = {
  within: keepsFew,
  events: [
    fromClient({ command: 'play', streamId }),
    fromClient({ command: 'play', streamId, sdp: 'v=0\r\n' }),
    fromClient({ command: 'join', streamId }),
    fromClient({ command: 'stop', streamId }),
    fromClient({ command: 'toggleVideo', streamId, enabled: false }),
    fromClient({ command: 'toggleAudio', streamId, enabled: false }),
    fromClient({ command: 'forceStreamQuality', streamId, streamHeight: 360 }),
    fromClient(negotiation.answer),
    fromClient(negotiation.offer),
    fromClient(negotiation.candidate),
    { type: 'access.granted', request },
    { type: 'access.refused', request, definition: 'unauthorized_access' },
    { type: 'stream.live', tracks: [streamId] },
    { type: 'stream.parked' },
    { type: 'stream.refused', definition: 'no_stream_exist' },
    { type: 'stream.gone' },
    { type: 'stream.trackAdded', trackId: 't1', enabled: true },
    { type: 'stream.trackRemoved', trackId: 't1', enabled: true },
    { type: 'stream.trackEnabled', trackId: 't1', enabled: false },
    { type: 'stream.data', text: '{}' },
    connection.offerCreated,
    connection.answerCreated,
    connection.iceCandidate,
    connection.negotiationNeeded,
    connection.connected,
    connection.disconnected,
    connection.offerFailed,
    connection.connectionFailed,
    { type: 'socket.closed' },
    { type: 'timer.media' },
    { type: 'timer.grace' },
    { type: 'timer.parking' },
  ],
};
