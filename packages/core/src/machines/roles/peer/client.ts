import { setup } from 'xstate';
import type { ClientMessage } from '../../../protocol/message.ts';
import { actionKinds, on, send, sendOwnActions, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ClientRoleEffect } from '../../effect.ts';
import type { ClientEvent } from '../../event.ts';
import { answererActions, answererGuards, answererOfOffer } from '../../fragments/answerer.ts';
import { attemptStates } from '../../fragments/attempt.ts';
import { type NegotiationContext, noCandidates } from '../../fragments/candidates.ts';
import { again, awaitingEnd, onceOver } from '../../fragments/ending.ts';
import { failureGuards } from '../../fragments/failure.ts';
import { mediaActions, mediaStates } from '../../fragments/media.ts';
import { offerer, offererActions, offererGuards } from '../../fragments/offerer.ts';
import { noAttempts, type RetryContext, requestRefused, retryActions, retryGuards } from '../../fragments/retry.ts';
import type { JoinRequest } from '../../ports/app.ts';
import { requestTimeoutMs } from '../../timer.ts';
import type { RoleClientInput } from '../publisher/client.ts';

/** Context of a client's peer. */
export interface PeerClientContext extends NegotiationContext, RetryContext {
  readonly request: JoinRequest;
}

const kinds = actionKinds<PeerClientContext, ClientEvent, ClientRoleEffect>();
const { effect, update } = kinds;

const attempts = attemptStates('app.join', 'joining');

/** The media between two peers, whichever of them made the offer. */
const media = mediaStates('connected');

/** Transitions with which the end of a call starts. */
const leaving = { ...awaitingEnd, entry: [send({ command: 'leave' }), awaitingEnd.entry] } as const;

/** Transitions that end or restart the connection of a call. */
const whilePaired = {
  // The other peer has left. This one is the first for the next peer.
  'signal.stop': '#waiting',
  'signal.start': '#calling',
  'signal.peerMessageCommand': { actions: 'notifyMessage' },
  'app.send': { actions: 'sendPeerMessage' },
  'rtc.failed': '#restarting',
  'timer.media': '#restarting',
  'timer.grace': '#restarting',
  'app.stop': '#leaving',
  'socket.lost': '#offline',
} as const;

/**
 * One peer of a two-party call: joins, waits for the other peer, and offers or answers as the server says. Media flows between
 * the peers.
 *
 * `app.join` starts it, `app.stop` ends it; both may arrive at any time and repeatedly. Ends in `stopped` on request, otherwise
 * in `ended` with a `reason`.
 *
 * @see docs/protocol.md § Peer to peer
 */
export const peerClient = setup({
  types: {
    context: {} as PeerClientContext,
    events: {} as ClientEvent,
    emitted: {} as ClientRoleEffect,
    input: {} as RoleClientInput,
  },
  actions: {
    ...offererActions(kinds),
    ...answererActions(kinds),
    ...mediaActions(kinds, 'peer'),
    ...retryActions(kinds),
    ...timerActions<PeerClientContext, ClientEvent>(),
    ...sendOwnActions<PeerClientContext, ClientEvent, ClientMessage>(),
    adoptRequest: update(
      on('app.join', ({ event: { type: _, ...request } }) => ({ request, streamId: request.streamId })),
    ),
    sendJoin: effect(({ context: { request } }) => ({
      type: 'signal.send',
      message: { command: 'join', multiPeer: false, mode: 'both', ...request },
    })),
    sendPeerMessage: effect(
      on('app.send', ({ context, event }) => ({
        type: 'signal.send',
        message: {
          command: 'peerMessageCommand',
          streamId: context.streamId,
          definition: event.definition,
          data: event.data,
        },
      })),
    ),
    notifyMessage: effect(
      on('signal.peerMessageCommand', ({ event: { message } }) => ({
        type: 'app.notify',
        definition: message.definition,
        data: message.data,
      })),
    ),
    // Who offers opens the data channel; who answers is given it.
    openOffering: effect(({ context }) => ({
      type: 'rtc.open',
      role: 'peer',
      streamId: context.streamId,
      isOfferer: true,
    })),
    // A failed renegotiation does not affect running media.
    sendFailure: effect(() => undefined),
    forgetCandidates: update(() => noCandidates),
  },
  guards: { ...offererGuards, ...answererGuards, ...failureGuards, ...retryGuards },
}).createMachine({
  id: 'peer.client',
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
    offline: { id: 'offline', ...attempts.offline },
    joining: {
      entry: ['sendJoin', startTimer('request', requestTimeoutMs)],
      exit: stopTimer('request'),
      on: {
        'signal.joined': 'waiting',
        // Some servers send `start` before `joined`.
        'signal.start': 'calling',
        'signal.takeConfiguration': { guard: 'isOffer', target: 'called' },
        'signal.error': requestRefused,
        'timer.request': 'restarting',
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    // Alone, until another comes.
    waiting: {
      id: 'waiting',
      entry: 'forgetCandidates',
      on: {
        'signal.start': 'calling',
        'signal.takeConfiguration': { guard: 'isOffer', target: 'called' },
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    calling: {
      id: 'calling',
      type: 'parallel',
      entry: ['forgetCandidates', 'openOffering'],
      exit: 'closeConnection',
      on: whilePaired,
      states: { negotiation: offerer, media },
    },
    called: {
      type: 'parallel',
      entry: ['forgetCandidates', 'openConnection'],
      exit: 'closeConnection',
      on: whilePaired,
      states: { negotiation: answererOfOffer, media },
    },
    // Over, and to be tried again: the server's word is awaited, so that late messages are not taken for new ones.
    restarting: {
      id: 'restarting',
      ...leaving,
      on: {
        ...onceOver('signal.leaved', again),
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    retrying: attempts.retrying,
    leaving: {
      id: 'leaving',
      ...leaving,
      on: {
        'signal.leaved': 'stopped',
        'timer.stopping': 'stopped',
        'socket.lost': 'stopped',
        'app.join': { target: 'rejoining', actions: 'adoptRequest' },
      },
    },
    // Asked to join again before the end was confirmed.
    rejoining: {
      ...awaitingEnd,
      on: {
        'signal.leaved': 'joining',
        'timer.stopping': 'joining',
        'app.stop': 'leaving',
        'socket.lost': 'offline',
      },
    },
    stopped: { type: 'final' },
    ended: { type: 'final' },
  },
});
