import { type ActionKinds, on } from '../action.ts';
import type { Event } from '../event.ts';
import { candidateActions, type NegotiationContext, type NegotiationEffect } from './candidates.ts';

const answering = {
  entry: ['applyOffer', 'addKeptCandidates', 'forgetTheirCandidates', 'createAnswer'],
  on: {
    'rtc.answerCreated': {
      target: 'stable',
      actions: ['sendAnswer', 'sendKeptCandidates', 'forgetOwnCandidates'],
    },
    'rtc.iceCandidate': { actions: 'keepOwnCandidate' },
    'signal.takeCandidate': { actions: 'addTheirCandidate' },
  },
} as const;

/**
 * The side that answers offers: `awaitingOffer` → `answering` → `stable`, and `answeringAgain` for every further offer
 * (renegotiation, ICE restart).
 *
 * @see docs/protocol.md § Negotiation · RFC 8829 § 3.2
 */
export const answerer = {
  initial: 'awaitingOffer',
  states: {
    awaitingOffer: {
      on: {
        'signal.takeConfiguration': { guard: 'isOffer', target: 'answering' },
        'signal.takeCandidate': { actions: 'keepTheirCandidate' },
      },
    },
    answering,
    stable: {
      on: {
        'signal.takeConfiguration': { guard: 'isOffer', target: 'answeringAgain' },
        'rtc.iceCandidate': { actions: 'sendOwnCandidate' },
        'signal.takeCandidate': { actions: 'addTheirCandidate' },
      },
    },
    answeringAgain: {
      ...answering,
      on: {
        ...answering.on,
        // An offer that cannot be applied leaves the connection unchanged, so its media continues.
        'rtc.failed': { guard: 'isNegotiationFailure', target: 'stable', actions: 'sendFailure' },
      },
    },
  },
} as const;

/** {@link answerer} for a connection that is opened because of an offer, and so answers from the start. */
export const answererOfOffer = {
  initial: 'answering',
  states: { answering, stable: answerer.states.stable, answeringAgain: answerer.states.answeringAgain },
} as const;

const answersRequest = { ...answering.on['rtc.answerCreated'], target: 'answered' } as const;

/**
 * States of a connection whose offer arrived with the request that opened it: `answering` → `answered`. They are combined with
 * those of an offerer, for a role that does either.
 */
export const answererOfRequest = {
  answering: {
    entry: ['applyRequestedOffer', 'addKeptCandidates', 'forgetTheirCandidates', 'createAnswer'],
    on: { ...answering.on, 'rtc.answerCreated': answersRequest },
  },
  answered: answerer.states.stable,
  answeringAgain: {
    entry: answering.entry,
    on: {
      ...answering.on,
      'rtc.answerCreated': answersRequest,
      'rtc.failed': { guard: 'isNegotiationFailure', target: 'answered', actions: 'sendFailure' },
    },
  },
} as const;

/** The guards that {@link answerer} names. */
export const answererGuards = {
  isOffer: ({ event }: { event: Event }): boolean =>
    event.type === 'signal.takeConfiguration' && event.message.type === 'offer',
};

/** The actions that {@link answerer} names, but `sendFailure`, which a server takes from
 * `failureActions` and a client leaves empty. */
export const answererActions = <E, U>(kinds: ActionKinds<NegotiationContext, NegotiationEffect, E, U>) => ({
  ...candidateActions(kinds),
  applyOffer: kinds.effect(
    on('signal.takeConfiguration', ({ event }) => ({
      type: 'rtc.setRemoteDescription',
      description: { type: 'offer', sdp: event.message.sdp },
    })),
  ),
  createAnswer: kinds.effect(() => ({ type: 'rtc.createAnswer' })),
  sendAnswer: kinds.effect(
    on('rtc.answerCreated', ({ context, event }) => ({
      type: 'signal.send',
      message: { command: 'takeConfiguration', streamId: context.streamId, type: 'answer', sdp: event.sdp },
    })),
  ),
});
