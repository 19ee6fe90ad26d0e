import type { AccessRequest, StreamQuery, socketClient, socketServer } from '@sigchart/core/machines';
import type { RoomMessage } from '@sigchart/core/protocol';
import type { MachineOptions } from '../machine/graph.ts';
import { negotiation, streamId } from './connection.ts';
import { clientSays, fromClient, fromServer } from './saying.ts';

type RoomWish = Extract<RoomMessage, { command: 'joinRoom' }>;

/** Events of a client's socket. */
export const socketClientEvents: MachineOptions<typeof socketClient> = {
  inputs: [{}, { iceServers: [{ urls: 'stun:stun.example.org' }] }],
  within: ({ context: { attempt } }) => attempt <= 1,
  events: [
    { type: 'app.open' },
    { type: 'app.close' },
    { type: 'app.suspend' },
    { type: 'app.resume' },
    { type: 'clock.skipped', ms: 60_000 },
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

/** Decisions about a call, a room or a question. */
const request = (fields: Pick<AccessRequest, 'action' | 'streamId'> & Partial<AccessRequest>): AccessRequest => ({
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
  ...fields,
});

const question = clientSays({ command: 'getSubscriberCount', streamId }) as StreamQuery;
const room = 'r1';

const requests = [
  request({ action: 'join', streamId }),
  request({ action: 'enter', streamId: room, room, message: clientSays({ command: 'joinRoom', room }) as RoomWish }),
  request({ action: 'query', streamId, message: question }),
  request({ action: 'relay', streamId: '' }),
];

const questions = [
  'getStreamInfo',
  'getDebugInfo',
  'getTrackList',
  'getBroadcastObject',
  'getSubtracks',
  'getSubtracksCount',
  'getSubscriberCount',
  'getSubscribers',
];

const malformed = (command: string, field: string, missing: boolean, tooLong = false) =>
  ({
    type: 'signal.malformed',
    malformed: { fault: 'field', command, field, missing, tooLong, streamId: undefined, detail: '' },
  }) as const;

const unread = (fault: 'text' | 'command') =>
  ({
    type: 'signal.malformed',
    malformed: {
      fault,
      command: undefined,
      field: undefined,
      missing: false,
      tooLong: false,
      streamId: undefined,
      detail: '',
    },
  }) as const;

/** Events of a server's socket. */
export const socketServerEvents: MachineOptions<typeof socketServer> = {
  inputs: [{}],
  // A socket may ask for the same call or room again before the decision; twice covers more often.
  within: ({ context: { usedIds, asked, vouched } }) => usedIds.length <= 1 && asked.length <= 2 && vouched <= 1,
  events: [
    fromClient({ command: 'ping' }),
    fromClient({ command: 'getIceServerConfig' }),
    fromClient({ command: 'join', streamId }),
    fromClient({ command: 'publish', streamId }),
    fromClient({ command: 'play', streamId }),
    fromClient({ command: 'leave', streamId }),
    fromClient({ command: 'peerMessageCommand', streamId }),
    fromClient({ command: 'stop', streamId }),
    fromClient({ command: 'joinRoom', room }),
    fromClient({ command: 'leaveFromRoom', room }),
    fromClient({ command: 'getRoomInfo', room }),
    ...questions.map((command) => fromClient({ command, streamId })),
    fromClient({ command: 'registerPushNotificationToken' }),
    fromClient({ command: 'sendPushNotification' }),
    fromClient(negotiation.offer),
    fromClient(negotiation.candidate),
    unread('text'),
    unread('command'),
    malformed('publish', 'streamId', true),
    malformed('publish', 'streamId', false),
    malformed('joinRoom', 'room', true),
    malformed('takeConfiguration', 'sdp', true),
    malformed('takeCandidate', 'candidate', true),
    malformed('publish', 'streamName', false, true),
    malformed('takeCandidate', 'candidate', false, true),
    ...requests.map((decided) => ({ type: 'access.granted', request: decided }) as const),
    { type: 'access.granted', request: requests[0] as AccessRequest, right: 'stream' },
    { type: 'access.shown' },
    { type: 'ice.servers', iceServers: [] },
    ...requests.map(
      (decided) => ({ type: 'access.refused', request: decided, definition: 'unauthorized_access' }) as const,
    ),
    { type: 'role.refused', definition: 'highResourceUsage', streamId, room: undefined },
    { type: 'role.refused', definition: 'highResourceUsage', streamId: room, room },
    { type: 'question.answered', question, known: undefined },
    { type: 'socket.ponged' },
    { type: 'socket.vouched' },
    { type: 'socket.closed' },
    { type: 'timer.liveness' },
    { type: 'app.close' },
  ],
};
