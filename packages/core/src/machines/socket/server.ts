import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import type { ServerMessage } from '../../protocol/message.ts';
import { actionKinds, on, send, sendActions, startTimer, stopTimer, timerActions } from '../action.ts';
import type { ServerSocketEffect } from '../effect.ts';
import type { ServerEvent } from '../event.ts';
import { sendError } from '../fragments/failure.ts';
import type { AccessRequest } from '../ports/access.ts';
import type { SignalEffect } from '../ports/signal.ts';
import { doubtMs, livenessMs } from '../timer.ts';
import { answerTo } from './answer.ts';
import { grantOf, leftBy, requestOf } from './request.ts';

/** Context of a server's socket. */
export interface SocketServerContext {
  /** True if the client asked for ICE servers and got none that needs credentials. */
  readonly lacksRelays: boolean;
  /** True if the socket can be pinged. */
  readonly pings: boolean;
  /** The ids this socket used last, newest first. */
  readonly usedIds: readonly string[];
  /** Calls and rooms it has requested, until they are decided or left. */
  readonly asked: readonly AccessRequest[];
  /** Number of times in a row that media has kept it open since it last answered a ping. */
  readonly vouched: number;
}

/** Parameters of a server's socket. */
export interface SocketServerInput {
  /** True if the socket can be pinged (RFC 6455 § 5.5.2). Default `true`. Without pings, it lives until it is closed. */
  readonly pings?: boolean;
}

/** Number of used ids that are remembered for a socket, so that late messages for them are silently ignored. */
export const rememberedIds = 256;

/**
 * Number of times in a row that media keeps a silent socket open, for a minute in all. Without a limit, a client that opens another socket and
 * leaves its old connection running would never get its id back.
 */
export const maxVouched = 5;

const kinds = actionKinds<SocketServerContext, ServerEvent, ServerSocketEffect>();
const { effect, update } = kinds;

const startRole =
  (role: 'publisher' | 'player') => (args: { event: Extract<ServerEvent, { message: { streamId: string } }> }) => ({
    type: 'role.start' as const,
    address: { role, streamId: args.event.message.streamId },
    message: args.event.message,
  });

const used = (context: SocketServerContext, streamId: string) => ({
  usedIds: [streamId, ...context.usedIds.filter((id) => id !== streamId)].slice(0, rememberedIds),
});

/** Compares two requests by subject, without their credentials. */
const isSame =
  (one: Pick<AccessRequest, 'action' | 'streamId'>) =>
  (other: AccessRequest): boolean =>
    one.action === other.action && one.streamId === other.streamId;

/** True if a decided request is still wanted. A question always is. */
const isWanted = ({ asked }: SocketServerContext, request: AccessRequest) =>
  request.action === 'query' || request.action === 'relay' || asked.some(isSame(request));

const serverWillStop = send({ command: 'notification', definition: 'server_will_stop' });

const noPushNotifications = send({
  command: 'notification',
  definition: 'pushNotificationsNotSupported',
  success: false,
  information:
    'This server sends no push notifications. Send them from your application, for example when a webhook calls it.',
});

/** The error for a request of a socket, with the room if there is one. */
const errorFor = ({
  definition,
  streamId,
  room,
}: {
  readonly definition: ErrorDefinition;
  readonly streamId: string | undefined;
  readonly room?: string | undefined;
}): SignalEffect<ServerMessage> =>
  room === undefined && streamId !== undefined
    ? sendError(definition, streamId)
    : { type: 'signal.send', message: { command: 'error', definition, streamId, room } };

/**
 * The server's side of a socket: whether it is alive, and what it says that is for no role that runs.
 *
 * @see docs/protocol.md § Socket
 */
export const socketServer = setup({
  types: {
    context: {} as SocketServerContext,
    events: {} as ServerEvent,
    emitted: {} as ServerSocketEffect,
    input: {} as SocketServerInput,
  },
  actions: {
    ...timerActions<SocketServerContext, ServerEvent>(),
    ...sendActions<SocketServerContext, ServerEvent, ServerMessage>(),
    requestAccess: effect(({ event }) => {
      const request = requestOf(event);
      return request && { type: 'access.request', ...request };
    }),
    noteAsked: update(({ context, event }) => {
      const request = requestOf(event);
      return request && { asked: [...context.asked, request] };
    }),
    forgetAsked: update(({ context, event }) => {
      if (event.type !== 'access.granted' && event.type !== 'access.refused') return undefined;
      const index = context.asked.findIndex(isSame(event.request));
      return { asked: context.asked.filter((_, other) => other !== index) };
    }),
    withdraw: update(({ context, event }) => {
      const left = leftBy(event);
      return left && { asked: context.asked.filter((request) => !isSame(left)(request)) };
    }),
    performGranted: effect(on('access.granted', ({ event: { request, right } }) => grantOf(request, right))),
    tellRoom: effect(on('signal.leaveFromRoom', ({ event: { message } }) => ({ type: 'room.tell', message }))),
    sendRefusal: effect(
      on('access.refused', ({ event: { definition, request } }) =>
        errorFor({ definition, streamId: request.streamId, room: request.room }),
      ),
    ),
    sendFull: effect(
      on('role.refused', ({ event: { definition, streamId, room } }) => errorFor({ definition, streamId, room })),
    ),
    startPublisher: effect(on('signal.publish', startRole('publisher'))),
    startPlayer: effect(on('signal.play', startRole('player'))),
    rememberId: update(({ context, event }) =>
      'message' in event && 'streamId' in event.message ? used(context, String(event.message.streamId)) : undefined,
    ),
    // Only one fits into that message.
    sendIceServerConfig: effect(
      on('ice.servers', ({ event: { iceServers } }) => ({
        type: 'signal.send',
        message: {
          command: 'iceServerConfig',
          stunServerUri: iceServers[0]?.urls ?? '',
          turnServerUsername: iceServers[0]?.username,
          turnServerCredential: iceServers[0]?.credential,
        },
      })),
    ),
    requestOpenIceServers: effect(() => ({ type: 'ice.request', withCredentials: false })),
    requestIceServers: effect(() => ({ type: 'ice.request', withCredentials: true })),
    noteNoRelays: update(() => ({ lacksRelays: true })),
    noteRelays: update(() => ({ lacksRelays: false })),
    sendNoPeer: effect(({ event }) =>
      'message' in event && 'streamId' in event.message && event.message.streamId !== undefined
        ? sendError('no_peer_associated_before', event.message.streamId)
        : [],
    ),
    sendMalformed: effect(({ event }, { definition }: { readonly definition: ErrorDefinition }) =>
      event.type === 'signal.malformed' ? errorFor({ definition, streamId: event.malformed.streamId }) : undefined,
    ),
    sendTooLong: effect(
      on('signal.malformed', ({ event: { malformed } }) => ({
        type: 'signal.send',
        message: {
          command: 'error',
          definition: 'fieldTooLong',
          streamId: malformed.streamId,
          information: malformed.field,
        },
      })),
    ),
    sendInvalidMessage: effect(
      on('signal.malformed', ({ event: { malformed } }) => ({
        type: 'signal.send',
        message: {
          command: 'error',
          definition: 'invalidMessage',
          streamId: malformed.streamId,
          information: malformed.detail,
        },
      })),
    ),
    sendAnswer: effect(
      on('question.answered', ({ event: { question, known } }) => ({
        type: 'signal.send',
        message: answerTo(question, known),
      })),
    ),
    startLivenessTimer: effect(({ context: { pings } }) =>
      pings ? { type: 'timer.start', name: 'liveness', ms: livenessMs } : undefined,
    ),
    pingSocket: effect(() => ({ type: 'socket.ping' })),
    doubtSocket: effect(() => ({ type: 'socket.doubt' })),
    countVouched: update(({ context }) => ({ vouched: context.vouched + 1 })),
    forgetVouched: update(() => ({ vouched: 0 })),
    closeSocket: effect(() => ({ type: 'socket.close' })),
  },
  guards: {
    isUsedId: ({ context, event }) =>
      'message' in event && 'streamId' in event.message && context.usedIds.includes(String(event.message.streamId)),
    isWanted: ({ context, event }) =>
      (event.type === 'access.granted' || event.type === 'access.refused') && isWanted(context, event.request),
    isRelayRefused: ({ event }) => event.type === 'access.refused' && event.request.action === 'relay',
    lacksRelays: ({ context }) => context.lacksRelays,
    mayBeVouchedFor: ({ context }) => context.vouched < maxVouched,
    // A client asks only once, before it has shown any right. Servers with credentials are sent as soon as it has.
    showsRightAtLast: ({ context, event }) =>
      context.lacksRelays &&
      event.type === 'access.granted' &&
      event.right !== undefined &&
      isWanted(context, event.request),
    // Commands of newer clients. Some SDKs take any `error` for the answer to their pending request.
    isUnknownCommand: ({ event }) => event.type === 'signal.malformed' && event.malformed.fault === 'command',
    lacksStreamId: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.field === 'streamId' && event.malformed.missing,
    lacksRoom: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.field === 'room' && event.malformed.missing,
    hasInvalidId: ({ event }) =>
      event.type === 'signal.malformed' && (event.malformed.field === 'streamId' || event.malformed.field === 'room'),
    isTooLong: ({ event }) => event.type === 'signal.malformed' && event.malformed.tooLong,
    isNoDescription: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.command === 'takeConfiguration',
  },
}).createMachine({
  id: 'socket.server',
  context: ({ input: { pings = true } }) => ({ lacksRelays: false, pings, usedIds: [], asked: [], vouched: 0 }),
  initial: 'open',
  on: { 'socket.closed': '.closed' },
  states: {
    open: {
      entry: 'startLivenessTimer',
      exit: stopTimer('liveness'),
      initial: 'alive',
      on: {
        'signal.ping': { actions: send({ command: 'pong' }) },
        'signal.getIceServerConfig': { actions: 'requestAccess' },
        'ice.servers': { actions: 'sendIceServerConfig' },
        'access.shown': { guard: 'lacksRelays', actions: ['noteRelays', 'requestIceServers'] },
        'signal.join': { actions: ['rememberId', 'noteAsked', 'requestAccess'] },
        'signal.joinRoom': { actions: ['noteAsked', 'requestAccess'] },
        // A client that left before the decision does not enter.
        'access.granted': [
          {
            guard: 'showsRightAtLast',
            actions: ['noteRelays', 'requestIceServers', 'forgetAsked', 'performGranted'],
          },
          { guard: 'isWanted', actions: ['forgetAsked', 'performGranted'] },
        ],
        'access.refused': [
          { guard: 'isRelayRefused', actions: ['noteNoRelays', 'requestOpenIceServers'] },
          { guard: 'isWanted', actions: ['forgetAsked', 'sendRefusal'] },
        ],
        'signal.leaveFromRoom': { actions: ['withdraw', 'tellRoom'] },
        'signal.stop': { actions: 'withdraw' },
        'signal.publish': { actions: ['rememberId', 'startPublisher'] },
        'signal.play': { actions: ['rememberId', 'startPlayer'] },
        'signal.getRoomInfo': { actions: 'requestAccess' },
        'signal.getStreamInfo': { actions: 'requestAccess' },
        'signal.getDebugInfo': { actions: 'requestAccess' },
        'signal.getTrackList': { actions: 'requestAccess' },
        'signal.getBroadcastObject': { actions: 'requestAccess' },
        'signal.getSubtracks': { actions: 'requestAccess' },
        'signal.getSubtracksCount': { actions: 'requestAccess' },
        'signal.getSubscriberCount': { actions: 'requestAccess' },
        'signal.getSubscribers': { actions: 'requestAccess' },
        'signal.registerPushNotificationToken': { actions: noPushNotifications },
        'signal.sendPushNotification': { actions: noPushNotifications },
        'role.refused': { actions: 'sendFull' },
        'question.answered': { actions: 'sendAnswer' },
        'signal.takeConfiguration': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.takeCandidate': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.leave': [{ guard: 'isUsedId', actions: 'withdraw' }, { actions: 'sendNoPeer' }],
        'signal.peerMessageCommand': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.malformed': [
          { guard: 'isUnknownCommand' },
          { guard: 'lacksStreamId', actions: send({ command: 'error', definition: 'noStreamNameSpecified' }) },
          { guard: 'lacksRoom', actions: send({ command: 'error', definition: 'no_room_specified' }) },
          { guard: 'hasInvalidId', actions: { type: 'sendMalformed', params: { definition: 'invalidStreamName' } } },
          {
            guard: 'isNoDescription',
            actions: { type: 'sendMalformed', params: { definition: 'notSetRemoteDescription' } },
          },
          { guard: 'isTooLong', actions: 'sendTooLong' },
          { actions: 'sendInvalidMessage' },
        ],
        'app.close': { target: 'closed', actions: [serverWillStop, 'closeSocket'] },
      },
      states: {
        alive: {
          on: { 'timer.liveness': { target: 'awaitingPong', actions: ['pingSocket', 'startLivenessTimer'] } },
        },
        awaitingPong: {
          on: {
            'socket.ponged': { target: 'alive', actions: 'forgetVouched' },
            'timer.liveness': 'doubted',
          },
        },
        // A client whose TCP connection hangs may still send media, which shows that it is alive (docs/security.md).
        doubted: {
          entry: ['doubtSocket', startTimer('liveness', doubtMs)],
          on: {
            'socket.ponged': { target: 'alive', actions: ['forgetVouched', 'startLivenessTimer'] },
            'socket.vouched': {
              guard: 'mayBeVouchedFor',
              target: 'awaitingPong',
              actions: ['countVouched', 'pingSocket', 'startLivenessTimer'],
            },
            'timer.liveness': { target: '#closed', actions: 'closeSocket' },
          },
        },
      },
    },
    closed: { id: 'closed', type: 'final' },
  },
});
