import type { socketClient, socketServer } from '@sigchart/core';
import type { MachineOptions } from '../machine/graph.ts';
import { negotiation, streamId } from './connection.ts';
import { fromClient, fromServer } from './saying.ts';

/** What a client's socket may hear. */
export const socketClientEvents: MachineOptions<typeof socketClient> = {
  inputs: [{}, { iceServers: [{ urls: 'stun:stun.example.org' }] }],
  within: ({ context: { attempt } }) => attempt <= 1,
  events: [
    { type: 'app.open' },
    { type: 'app.close' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    fromServer({ command: 'pong' }),
    fromServer({ command: 'iceServerConfig', stunServerUri: 'stun:stun.example.org' }),
    fromServer({ command: 'error', definition: 'noStreamNameSpecified' }),
    fromServer({ command: 'notification', definition: 'server_will_stop' }),
    { type: 'timer.request' },
    { type: 'timer.ping' },
    { type: 'timer.iceServers' },
    { type: 'timer.retry' },
  ],
};

const request = {
  action: 'join',
  streamId: 'c1',
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
} as const;

const malformed = (command: string, field: string, missing: boolean) =>
  ({ type: 'signal.malformed', malformed: { command, field, missing, streamId: undefined, detail: '' } }) as const;

/** What a server's socket may hear. */
export const socketServerEvents: MachineOptions<typeof socketServer> = {
  inputs: [{}],
  within: ({ context: { usedIds } }) => usedIds.length <= 1,
  events: [
    fromClient({ command: 'ping' }),
    fromClient({ command: 'getIceServerConfig' }),
    fromClient({ command: 'join', streamId }),
    fromClient({ command: 'publish', streamId }),
    fromClient({ command: 'play', streamId }),
    fromClient({ command: 'leave', streamId }),
    fromClient({ command: 'peerMessageCommand', streamId }),
    fromClient({ command: 'getStreamInfo', streamId }),
    fromClient(negotiation.offer),
    fromClient(negotiation.candidate),
    malformed('publish', 'streamId', true),
    malformed('publish', 'streamId', false),
    malformed('joinRoom', 'room', true),
    malformed('takeConfiguration', 'sdp', true),
    malformed('takeCandidate', 'candidate', true),
    { type: 'access.granted', request },
    { type: 'access.refused', request, definition: 'unauthorized_access' },
    { type: 'stream.described', streamId, info: undefined },
    {
      type: 'stream.described',
      streamId,
      info: { streamWidth: 640, streamHeight: 480, videoBitrate: 1, audioBitrate: 1, videoCodec: 'VP8' },
    },
    { type: 'socket.ponged' },
    { type: 'socket.closed' },
    { type: 'timer.liveness' },
    { type: 'app.close' },
  ],
};
