import { setup } from 'xstate';
import { actionKinds, on } from '../action.ts';
import type { IceServer, ServerSocketEffect } from '../effect.ts';
import type { ServerEvent } from '../event.ts';
import { sendError } from '../negotiation/failure.ts';
import { livenessMs } from '../timer.ts';

/** What the server knows of one socket. */
export interface SocketServerContext {
  readonly iceServers: readonly IceServer[];
  /** The ids this socket used last, newest first. */
  readonly usedIds: readonly string[];
}

/** How a server's socket is set up. */
export interface SocketServerInput {
  /** What `iceServerConfig` answers. Only the first fits into that message. Default none. */
  readonly iceServers?: readonly IceServer[];
}

/** How many of the ids that a socket used are remembered, so that what comes late for them is passed over in silence. */
export const rememberedIds = 256;

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
    requestJoin: effect(
      on('signal.join', ({ event: { message } }) => ({
        type: 'access.request',
        action: 'join',
        streamId: message.streamId,
        room: undefined,
        token: message.token,
        subscriberId: undefined,
        subscriberCode: undefined,
        metaData: undefined,
      })),
    ),
    startPeer: effect(
      on('access.granted', ({ event: { request } }) => ({
        type: 'role.start',
        address: { role: 'peer', streamId: request.streamId },
        message: { command: 'join', streamId: request.streamId },
      })),
    ),
    sendRefusal: effect(on('access.refused', ({ event }) => sendError(event.definition, event.request.streamId))),
    startPublisher: effect(on('signal.publish', startRole('publisher'))),
    startPlayer: effect(on('signal.play', startRole('player'))),
    rememberId: update(({ context, event }) =>
      'message' in event && 'streamId' in event.message ? used(context, String(event.message.streamId)) : undefined,
    ),
    sendPong: effect(() => ({ type: 'signal.send', message: { command: 'pong' } })),
    sendIceServerConfig: effect(({ context: { iceServers } }) => ({
      type: 'signal.send',
      message: {
        command: 'iceServerConfig',
        stunServerUri: iceServers[0]?.urls ?? '',
        turnServerUsername: iceServers[0]?.username,
        turnServerCredential: iceServers[0]?.credential,
      },
    })),
    sendNoPeer: effect(({ event }) =>
      'message' in event && 'streamId' in event.message && event.message.streamId !== undefined
        ? sendError('no_peer_associated_before', event.message.streamId)
        : [],
    ),
    sendNoStreamName: effect(() => ({
      type: 'signal.send',
      message: { command: 'error', definition: 'noStreamNameSpecified' },
    })),
    sendNoRoom: effect(() => ({ type: 'signal.send', message: { command: 'error', definition: 'no_room_specified' } })),
    sendInvalidStreamName: effect(
      on('signal.malformed', ({ event: { malformed } }) => ({
        type: 'signal.send',
        message: { command: 'error', definition: 'invalidStreamName', streamId: malformed.streamId },
      })),
    ),
    sendNotSetRemote: effect(
      on('signal.malformed', ({ event: { malformed } }) => ({
        type: 'signal.send',
        message: { command: 'error', definition: 'notSetRemoteDescription', streamId: malformed.streamId },
      })),
    ),
    describeStream: effect(
      on('signal.getStreamInfo', ({ event: { message } }) => ({
        type: 'stream.describe',
        streamId: message.streamId,
      })),
    ),
    sendStreamInformation: effect(
      on('stream.described', ({ event: { streamId, info } }) =>
        info === undefined
          ? sendError('no_stream_exist', streamId)
          : { type: 'signal.send', message: { command: 'streamInformation', streamId, streamInfo: [info] } },
      ),
    ),
    sendServerWillStop: effect(() => ({
      type: 'signal.send',
      message: { command: 'notification', definition: 'server_will_stop' },
    })),
    startLivenessTimer: effect(() => ({ type: 'timer.start', name: 'liveness', ms: livenessMs })),
    stopLivenessTimer: effect(() => ({ type: 'timer.stop', name: 'liveness' })),
    pingSocket: effect(() => ({ type: 'socket.ping' })),
    closeSocket: effect(() => ({ type: 'socket.close' })),
  },
  guards: {
    isUsedId: ({ context, event }) =>
      'message' in event && 'streamId' in event.message && context.usedIds.includes(String(event.message.streamId)),
    lacksStreamId: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.field === 'streamId' && event.malformed.missing,
    lacksRoom: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.field === 'room' && event.malformed.missing,
    hasInvalidId: ({ event }) =>
      event.type === 'signal.malformed' && (event.malformed.field === 'streamId' || event.malformed.field === 'room'),
    isNoDescription: ({ event }) =>
      event.type === 'signal.malformed' && event.malformed.command === 'takeConfiguration',
  },
}).createMachine({
  id: 'socket.server',
  context: ({ input }) => ({ iceServers: input.iceServers ?? [], usedIds: [] }),
  initial: 'open',
  on: { 'socket.closed': '.closed' },
  states: {
    open: {
      entry: 'startLivenessTimer',
      exit: 'stopLivenessTimer',
      initial: 'alive',
      on: {
        'signal.ping': { actions: 'sendPong' },
        'signal.getIceServerConfig': { actions: 'sendIceServerConfig' },
        'signal.join': { actions: ['rememberId', 'requestJoin'] },
        'access.granted': { actions: 'startPeer' },
        'access.refused': { actions: 'sendRefusal' },
        'signal.publish': { actions: ['rememberId', 'startPublisher'] },
        'signal.play': { actions: ['rememberId', 'startPlayer'] },
        'signal.getStreamInfo': { actions: 'describeStream' },
        'stream.described': { actions: 'sendStreamInformation' },
        'signal.takeConfiguration': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.takeCandidate': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.leave': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.peerMessageCommand': [{ guard: 'isUsedId' }, { actions: 'sendNoPeer' }],
        'signal.malformed': [
          { guard: 'lacksStreamId', actions: 'sendNoStreamName' },
          { guard: 'lacksRoom', actions: 'sendNoRoom' },
          { guard: 'hasInvalidId', actions: 'sendInvalidStreamName' },
          { guard: 'isNoDescription', actions: 'sendNotSetRemote' },
        ],
        'app.close': { target: 'closed', actions: ['sendServerWillStop', 'closeSocket'] },
      },
      states: {
        alive: {
          on: { 'timer.liveness': { target: 'awaitingPong', actions: ['pingSocket', 'startLivenessTimer'] } },
        },
        awaitingPong: {
          on: {
            'socket.ponged': 'alive',
            'timer.liveness': { target: '#closed', actions: 'closeSocket' },
          },
        },
      },
    },
    closed: { id: 'closed', type: 'final' },
  },
});
