import { setup } from 'xstate';
import { actionKinds, on, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ClientMemberEffect } from '../../effect.ts';
import type { ClientEvent } from '../../event.ts';
import { awaitingEnd } from '../../fragments/ending.ts';
import { noAttempts, type RetryContext, retryActions, retryGuards } from '../../fragments/retry.ts';
import type { EnterRequest } from '../../ports/app.ts';
import { requestTimeoutMs } from '../../timer.ts';
import type { RoleClientInput } from '../publisher/client.ts';

/** Context of a client's member of a room. */
export interface ConferenceClientContext extends RetryContext {
  readonly room: string;
  readonly request: EnterRequest;
  /** The stream id that the server has given, or confirmed. */
  readonly streamId: string;
  /** The stream ids of the others. */
  readonly others: readonly string[];
}

const kinds = actionKinds<ConferenceClientContext, ClientEvent, ClientMemberEffect>();
const { effect, update } = kinds;

const publisherOf = (streamId: string) => ({ role: 'publisher', streamId }) as const;
const playerOf = (streamId: string) => ({ role: 'player', streamId }) as const;

/**
 * A member of a room: enters, and starts a publisher for its own stream and a player for each other member as they come and go.
 * These are machines of their own, on the same socket.
 *
 * `app.enter` starts it, `app.stop` ends it. Ends in `stopped` on request, otherwise in `ended` with a `reason`.
 *
 * @see docs/protocol.md § Conference
 */
export const conferenceClient = setup({
  types: {
    context: {} as ConferenceClientContext,
    events: {} as ClientEvent,
    emitted: {} as ClientMemberEffect,
    input: {} as RoleClientInput,
  },
  actions: {
    ...retryActions(kinds),
    ...timerActions<ConferenceClientContext, ClientEvent>(),
    adoptRequest: update(
      on('app.enter', ({ event: { type: _, ...request } }) => ({
        request,
        room: request.room,
        streamId: request.streamId ?? '',
      })),
    ),
    sendJoinRoom: effect(({ context: { request, streamId } }) => ({
      type: 'signal.send',
      message: {
        command: 'joinRoom',
        room: request.room,
        // After a reconnection, the id that was given before.
        streamId: streamId === '' ? undefined : streamId,
        streamName: request.streamName,
        metaData: request.metaData,
        token: request.token,
      },
    })),
    sendLeaveFromRoom: effect(({ context }) => ({
      type: 'signal.send',
      message: { command: 'leaveFromRoom', room: context.room },
    })),
    adoptRoom: update(
      on('signal.joinedTheRoom', ({ event: { message } }) => ({
        streamId: message.streamId,
        others: message.streams.filter((streamId) => streamId !== message.streamId),
      })),
    ),
    startPublisher: effect(({ context: { request, streamId } }) =>
      request.publish === false
        ? undefined
        : {
            type: 'role.start',
            address: publisherOf(streamId),
            token: request.token,
            streamName: request.streamName,
            metaData: request.metaData,
          },
    ),
    startPlayers: effect(({ context: { others, request } }) =>
      others.map((streamId) => ({
        type: 'role.start',
        address: playerOf(streamId),
        token: request.token,
        room: request.room,
      })),
    ),
    stopMissingPlayers: effect(
      on('signal.joinedTheRoom', ({ context, event: { message } }) =>
        context.others
          .filter((streamId) => !message.streams.includes(streamId))
          .map((streamId) => ({ type: 'role.stop', address: playerOf(streamId) })),
      ),
    ),
    addOther: update(
      on('signal.streamJoined', ({ context, event: { message } }) =>
        message.streamId === context.streamId || context.others.includes(message.streamId)
          ? undefined
          : { others: [...context.others, message.streamId] },
      ),
    ),
    startPlayer: effect(
      on('signal.streamJoined', ({ context: { request, streamId }, event: { message } }) =>
        message.streamId === streamId
          ? undefined
          : { type: 'role.start', address: playerOf(message.streamId), token: request.token, room: request.room },
      ),
    ),
    removeOther: update(
      on('signal.streamLeaved', ({ context, event: { message } }) => ({
        others: context.others.filter((streamId) => streamId !== message.streamId),
      })),
    ),
    stopPlayer: effect(
      on('signal.streamLeaved', ({ event: { message } }) => ({
        type: 'role.stop',
        address: playerOf(message.streamId),
      })),
    ),
    stopRoles: effect(({ context: { others, streamId } }) => [
      { type: 'role.stop', address: publisherOf(streamId) },
      ...others.map((other) => ({ type: 'role.stop' as const, address: playerOf(other) })),
    ]),
    forgetOthers: update(() => ({ others: [] })),
  },
  guards: {
    ...retryGuards,
    /** True if another client has taken the id of this member, by a better right to it. */
    isDisplaced: ({ context, event }) =>
      event.type === 'signal.error' &&
      event.message.definition === 'streamIdInUse' &&
      event.message.room === context.room,
  },
}).createMachine({
  id: 'conference.client',
  context: ({ input }) => ({
    room: '',
    request: { room: '' },
    streamId: '',
    others: [],
    ...noAttempts,
    retryLimit: input.retryLimit ?? 10,
  }),
  initial: 'idle',
  on: { 'socket.closed': '.stopped' },
  states: {
    idle: {
      on: {
        'app.enter': { target: 'offline', actions: 'adoptRequest' },
        'app.stop': 'stopped',
      },
    },
    offline: {
      on: {
        'socket.opened': 'entering',
        'app.stop': { target: 'stopped', actions: ['stopRoles', 'forgetOthers'] },
      },
    },
    entering: {
      entry: ['sendJoinRoom', startTimer('request', requestTimeoutMs)],
      exit: stopTimer('request'),
      on: {
        'signal.joinedTheRoom': {
          target: 'entered',
          actions: ['stopMissingPlayers', 'adoptRoom', 'startPublisher', 'startPlayers'],
        },
        'signal.error': [
          { guard: 'isPassingRefusal', target: 'retrying', actions: 'noteDefinition' },
          { target: 'ended', actions: ['noteDefinition', 'giveRefused', 'stopRoles'] },
        ],
        'timer.request': [
          { guard: 'mayRetry', target: 'retrying' },
          { target: 'ended', actions: ['giveFailed', 'stopRoles'] },
        ],
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    entered: {
      entry: 'markEstablished',
      on: {
        'signal.streamJoined': { actions: ['startPlayer', 'addOther'] },
        'signal.streamLeaved': { actions: ['stopPlayer', 'removeOther'] },
        'signal.error': {
          guard: 'isDisplaced',
          target: 'ended',
          actions: ['noteDefinition', 'giveReplaced', 'stopRoles'],
        },
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    retrying: {
      entry: 'startRetryTimer',
      exit: [stopTimer('retry'), 'countAttempt'],
      on: {
        'timer.retry': 'entering',
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    leaving: {
      ...awaitingEnd,
      entry: ['stopRoles', 'forgetOthers', 'sendLeaveFromRoom', awaitingEnd.entry],
      on: {
        'signal.leavedFromRoom': 'stopped',
        'timer.stopping': 'stopped',
        'socket.lost': 'stopped',
        'app.enter': { target: 'reentering', actions: 'adoptRequest' },
      },
    },
    // Asked to enter again before the end was confirmed.
    reentering: {
      ...awaitingEnd,
      on: {
        'signal.leavedFromRoom': 'entering',
        'timer.stopping': 'entering',
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    stopped: { type: 'final' },
    ended: { type: 'final' },
  },
});
