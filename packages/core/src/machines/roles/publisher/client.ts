import { setup } from 'xstate';
import type { ClientMessage } from '../../../protocol/message.ts';
import { actionKinds, on, sendOwnActions, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ClientRoleEffect } from '../../effect.ts';
import type { ClientEvent } from '../../event.ts';
import { attemptStates } from '../../fragments/attempt.ts';
import { type NegotiationContext, noCandidates } from '../../fragments/candidates.ts';
import { acceptedEnds, endingStates } from '../../fragments/ending.ts';
import { failureGuards } from '../../fragments/failure.ts';
import { mediaActions, mediaStates } from '../../fragments/media.ts';
import { clientReofferer, offererActions, offererGuards } from '../../fragments/offerer.ts';
import { noAttempts, type RetryContext, requestRefused, retryActions, retryGuards } from '../../fragments/retry.ts';
import type { PublishRequest } from '../../ports/app.ts';
import { requestTimeoutMs } from '../../timer.ts';

/** Context of a client's publisher. */
export interface PublisherClientContext extends NegotiationContext, RetryContext {
  readonly request: PublishRequest;
}

/** Parameters of a client's role. */
export interface RoleClientInput {
  /** Maximum number of retries in a row. Default 10, about 100 s. */
  readonly retryLimit?: number;
}

const kinds = actionKinds<PublisherClientContext, ClientEvent, ClientRoleEffect>();
const { effect, update } = kinds;

const attempts = attemptStates('app.publish', 'requesting');
const endings = endingStates('app.publish', 'signal.publish_finished');

/** The server has ended it while this side had doubts about its media: without a reason, that is why. */
const unexplained = [
  { guard: 'isPassingEnd', target: '#retrying' },
  { guard: 'isReplaced', target: '#ended', actions: 'giveReplaced' },
  { guard: 'isDeliberateEnd', target: '#ended', actions: 'giveEnded' },
  { target: '#restarting' },
] as const;

/**
 * Client side of a publisher: asks to publish, offers its media, and retries with growing delays if media or socket is lost.
 *
 * `app.publish` starts it, `app.stop` ends it; both may arrive at any time and repeatedly. Ends in `stopped` on request,
 * otherwise in `ended` with a `reason`.
 *
 * @see docs/protocol.md § Publish
 */
export const publisherClient = setup({
  types: {
    context: {} as PublisherClientContext,
    events: {} as ClientEvent,
    emitted: {} as ClientRoleEffect,
    input: {} as RoleClientInput,
  },
  actions: {
    ...offererActions(kinds),
    ...mediaActions(kinds, 'publisher'),
    ...retryActions(kinds),
    ...timerActions<PublisherClientContext, ClientEvent>(),
    ...sendOwnActions<PublisherClientContext, ClientEvent, ClientMessage>(),
    adoptRequest: update(
      on('app.publish', ({ event: { type: _, ...request } }) => ({
        request,
        streamId: request.streamId,
      })),
    ),
    sendPublish: effect(({ context: { request } }) => ({
      type: 'signal.send',
      message: { command: 'publish', video: true, audio: true, ...request },
    })),
    forgetCandidates: update(() => noCandidates),
  },
  guards: { ...offererGuards, ...failureGuards, ...retryGuards },
}).createMachine({
  id: 'publisher.client',
  context: ({ input }) => ({
    streamId: '',
    request: { streamId: '' },
    ...noCandidates,
    ...noAttempts,
    retryLimit: input.retryLimit ?? 10,
  }),
  initial: 'idle',
  on: { 'socket.closed': '.stopped' },
  states: {
    idle: attempts.idle,
    offline: attempts.offline,
    requesting: {
      entry: ['sendPublish', startTimer('request', requestTimeoutMs)],
      exit: stopTimer('request'),
      on: {
        'signal.start': 'accepted',
        'signal.error': requestRefused,
        'timer.request': 'restarting',
        'app.stop': 'stopping',
        'socket.lost': 'offline',
      },
    },
    accepted: {
      type: 'parallel',
      entry: ['forgetCandidates', 'openConnection'],
      exit: 'closeConnection',
      on: {
        'signal.publish_finished': [
          { guard: 'isPassingEnd', target: 'retrying' },
          { guard: 'isTimedOut', target: 'ended', actions: 'giveFailed' },
          { guard: 'isReplaced', target: 'ended', actions: 'giveReplaced' },
          { target: 'ended', actions: 'giveEnded' },
        ],
        'signal.error': [
          { guard: 'isFatal', target: 'ended', actions: ['noteDefinition', 'giveRefused'] },
          { guard: 'isTimeout', target: 'restarting', actions: 'noteDefinition' },
        ],
        ...acceptedEnds,
      },
      states: {
        negotiation: clientReofferer,
        // The server was less patient. From a server that gives no reason, at any other time it is an operator's wish.
        media: mediaStates('publishing', { 'signal.publish_finished': unexplained }),
      },
    },
    restarting: endings.restarting,
    retrying: { id: 'retrying', ...attempts.retrying },
    stopping: endings.stopping,
    failing: endings.failing,
    restarted: endings.restarted,
    stopped: { type: 'final' },
    ended: { id: 'ended', type: 'final' },
  },
});
