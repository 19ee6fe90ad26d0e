import { ownTracks, type playerClient, type playerServer, type TrackAssignment } from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { connection, keepsFew, negotiation, streamId } from './connection.ts';
import { fromClient, fromServer } from './saying.ts';

const notified = (definition: string) => fromServer({ command: 'notification', definition, streamId });
const failed = (definition: string) => fromServer({ command: 'error', definition, streamId });

/** Events of a player's client. */
export const playerClientEvents: MachineOptions<typeof playerClient> = {
  inputs: [{ retryLimit: 1 }],
  within: keepsFew,
  events: [
    { type: 'app.play', streamId },
    { type: 'app.prefer', height: 360 },
    { type: 'app.stop' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    fromServer(negotiation.offer),
    fromServer(negotiation.answer),
    fromServer(negotiation.candidate),
    notified('play_finished'),
    fromServer({
      command: 'notification',
      definition: 'bitrateMeasurement',
      streamId,
      targetBitrate: 300_000,
      videoBitrate: 150_000,
      audioBitrate: 40_000,
    }),
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
    { type: 'clock.skipped', ms: 60_000 },
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

/** A stream of a room, in its slot. */
const slot: TrackAssignment = {
  streamId: 't1',
  videoLabel: 'videoTrack0',
  audioLabel: 'audioTrack0',
  mediaStreamId: 'slot0',
  isReserved: false,
};

/** Events of a player's server. */
export const playerServerEvents: MachineOptions<typeof playerServer> = {
  within: keepsFew,
  events: [
    fromClient({ command: 'play', streamId }),
    fromClient({ command: 'play', streamId, sdp: 'v=0\r\n' }),
    fromClient({ command: 'join', streamId }),
    fromClient({ command: 'stop', streamId }),
    fromClient({ command: 'toggleVideo', streamId, enabled: false }),
    fromClient({ command: 'toggleAudio', streamId, enabled: false }),
    fromClient({ command: 'getVideoTrackAssignmentsCommand', streamId }),
    fromClient({ command: 'forceStreamQuality', streamId, streamHeight: 360 }),
    fromClient(negotiation.answer),
    fromClient(negotiation.offer),
    fromClient(negotiation.candidate),
    { type: 'access.granted', request },
    { type: 'access.refused', request, definition: 'unauthorized_access' },
    { type: 'stream.live', tracks: [ownTracks(streamId)] },
    { type: 'stream.live', tracks: [], isRoom: true },
    { type: 'stream.parked' },
    { type: 'stream.refused', definition: 'no_stream_exist' },
    { type: 'stream.gone' },
    { type: 'stream.trackAdded', trackId: 't1', tracks: [slot] },
    { type: 'stream.trackRemoved', trackId: 't1', tracks: [] },
    { type: 'stream.tracksAssigned', tracks: [slot] },
    { type: 'stream.talkers', talkers: [{ streamId: 't1', level: 30 }] },
    { type: 'stream.data', text: '{}' },
    connection.offerCreated,
    connection.answerCreated,
    connection.iceCandidate,
    connection.negotiationNeeded,
    { type: 'rtc.dataChannelOpened' },
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
