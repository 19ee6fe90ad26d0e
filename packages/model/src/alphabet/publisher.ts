import type { publisherClient, publisherServer } from '@sigchart/core/machines';
import type { EndReason } from '@sigchart/core/protocol';
import type { MachineOptions } from '../machine/graph.ts';
import { connection, keepsFew, negotiation, streamId } from './connection.ts';
import { fromClient, fromServer } from './saying.ts';

const notified = (definition: string, reason?: EndReason) =>
  fromServer({ command: 'notification', definition, streamId, reason });
const failed = (definition: string) => fromServer({ command: 'error', definition, streamId });

/** Events of a publisher's client. */
export const publisherClientEvents: MachineOptions<typeof publisherClient> = {
  inputs: [{ retryLimit: 1 }],
  within: keepsFew,
  events: [
    { type: 'app.publish', streamId },
    { type: 'app.stop' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    fromServer({ command: 'start', streamId }),
    fromServer(negotiation.answer),
    fromServer(negotiation.offer),
    fromServer(negotiation.candidate),
    notified('publish_finished'),
    notified('publish_finished', 'timeout'),
    notified('publish_finished', 'ended'),
    notified('publish_finished', 'replaced'),
    failed('streamIdInUse'),
    failed('unauthorized_access'),
    failed('publishTimeoutError'),
    failed('notSetRemoteDescription'),
    failed('no_peer_associated_before'),
    connection.offerCreated,
    connection.iceCandidate,
    connection.negotiationNeeded,
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

const request = {
  action: 'publish',
  streamId,
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
} as const;

/** Events of a publisher's server. */
export const publisherServerEvents: MachineOptions<typeof publisherServer> = {
  within: keepsFew,
  events: [
    fromClient({ command: 'publish', streamId }),
    fromClient({ command: 'join', streamId }),
    fromClient({ command: 'updateStreamMetaData', streamId, metaData: 'm' }),
    fromClient({ command: 'stop', streamId }),
    fromClient(negotiation.offer),
    fromClient(negotiation.answer),
    fromClient(negotiation.candidate),
    { type: 'access.granted', request },
    { type: 'access.refused', request, definition: 'unauthorized_access' },
    { type: 'stream.claimed' },
    { type: 'stream.refused', definition: 'streamIdInUse' },
    { type: 'stream.contested' },
    { type: 'stream.ended' },
    connection.answerCreated,
    connection.iceCandidate,
    connection.connected,
    connection.disconnected,
    connection.descriptionFailed,
    connection.noCodec,
    connection.openFailed,
    { type: 'rtc.audioLevel', level: 30 },
    { type: 'rtc.mediaReceived' },
    { type: 'rtc.mediaMissing' },
    connection.connectionFailed,
    { type: 'socket.ponged' },
    { type: 'socket.silent' },
    { type: 'socket.closed' },
    { type: 'timer.media' },
    { type: 'timer.grace' },
    { type: 'timer.contest' },
  ],
};
