import { type ActionKinds, on, startTimer, stopTimer } from '../action.ts';
import type { Event } from '../event.ts';
import { requestTimeoutMs } from '../timer.ts';
import { candidateActions, type NegotiationContext, type NegotiationEffect } from './candidates.ts';

/** Additional context of a role that offers repeatedly. */
export interface ReoffererContext extends NegotiationContext {
  /** True if what is offered has changed since the offer that is on its way: another one follows its answer. */
  readonly outdated: boolean;
}

const answered = {
  guard: 'isAnswer',
  target: 'stable',
  actions: ['applyAnswer', 'addKeptCandidates', 'forgetTheirCandidates'],
} as const;

/**
 * The offering side: `offering` → `awaitingAnswer` → `stable`.
 *
 * It never sends a second offer before the first is answered, because no client of this protocol supports rollback.
 *
 * @see docs/protocol.md § Negotiation · RFC 8829 § 3.2
 */
export const offerer = {
  initial: 'offering',
  states: {
    offering: {
      entry: 'createOffer',
      on: {
        'rtc.offerCreated': {
          target: 'awaitingAnswer',
          actions: ['sendOffer', 'sendKeptCandidates', 'forgetOwnCandidates'],
        },
        'rtc.iceCandidate': { actions: 'keepOwnCandidate' },
        'signal.takeCandidate': { actions: 'keepTheirCandidate' },
      },
    },
    awaitingAnswer: {
      on: {
        'signal.takeConfiguration': answered,
        'rtc.iceCandidate': { actions: 'sendOwnCandidate' },
        'signal.takeCandidate': { actions: 'keepTheirCandidate' },
      },
    },
    stable: {
      on: {
        'rtc.iceCandidate': { actions: 'sendOwnCandidate' },
        'signal.takeCandidate': { actions: 'addTheirCandidate' },
      },
    },
  },
} as const;

const reanswered = {
  ...answered,
  actions: [...answered.actions, 'noteAnswered', 'sendVideoAssignments', 'sendAudioAssignments'],
} as const;

/**
 * {@link offerer} for a connection whose tracks change: `rtc.negotiationNeeded` makes a new offer, or marks the current one as
 * outdated. The role records what was offered and answered, and notifies the remote.
 */
export const reofferer = {
  initial: offerer.initial,
  states: {
    offering: {
      ...offerer.states.offering,
      entry: ['noteOffered', 'createOffer'],
      on: {
        ...offerer.states.offering.on,
        'rtc.negotiationNeeded': { actions: 'markOutdated' },
      },
    },
    awaitingAnswer: {
      ...offerer.states.awaitingAnswer,
      on: {
        ...offerer.states.awaitingAnswer.on,
        'signal.takeConfiguration': [
          {
            ...reanswered,
            guard: 'isAnswerToOutdatedOffer',
            target: 'offering',
            actions: [...reanswered.actions, 'markCurrent'],
          },
          reanswered,
        ],
        'rtc.negotiationNeeded': { actions: 'markOutdated' },
      },
    },
    stable: {
      ...offerer.states.stable,
      on: {
        ...offerer.states.stable.on,
        'rtc.negotiationNeeded': { target: 'offering' },
        // Only here: while an offer is in flight, the answer is followed by the lists. A page that handles a list between the
        // `track` event of an offer and its own update loses the new track, and with it a member.
        'stream.tracksAssigned': { guard: 'isRoom', actions: ['setTracks', 'adoptTracks', 'sendVideoAssignments'] },
        'rtc.dataChannelOpened': { guard: 'isRoom', actions: ['sendVideoAssignments', 'sendAudioAssignments'] },
        'signal.getVideoTrackAssignmentsCommand': { guard: 'isRoom', actions: 'sendVideoAssignments' },
      },
    },
  },
} as const;

/**
 * {@link offerer} for a client whose tracks may change: `rtc.negotiationNeeded` makes a new offer once the previous one is
 * answered. W3C repeats that event in `stable` while it applies. A further offer that is refused, or not answered, is rolled
 * back.
 *
 * @see https://www.w3.org/TR/webrtc/#dfn-update-the-negotiation-needed-flag
 */
export const clientReofferer = {
  initial: offerer.initial,
  states: {
    ...offerer.states,
    stable: {
      ...offerer.states.stable,
      on: { ...offerer.states.stable.on, 'rtc.negotiationNeeded': { target: 'offeringAgain' } },
    },
    offeringAgain: {
      ...offerer.states.offering,
      on: {
        ...offerer.states.offering.on,
        'rtc.offerCreated': { ...offerer.states.offering.on['rtc.offerCreated'], target: 'awaitingAnswerAgain' },
        'rtc.failed': { guard: 'isNegotiationFailure', target: 'stable', actions: 'rollBack' },
      },
    },
    awaitingAnswerAgain: {
      ...offerer.states.awaitingAnswer,
      entry: startTimer('request', requestTimeoutMs),
      exit: stopTimer('request'),
      on: {
        ...offerer.states.awaitingAnswer.on,
        'signal.error': { guard: 'isOfferRefusal', target: 'stable', actions: ['noteDefinition', 'rollBack'] },
        'timer.request': { target: 'stable', actions: 'rollBack' },
      },
    },
  },
} as const;

/** Errors by which a server refuses an offer. */
const offerRefusals: ReadonlySet<string> = new Set([
  'notSetRemoteDescription',
  'notSetLocalDescription',
  'no_encoder_settings',
  'no_codec_enabled_in_the_server',
]);

const isAnswer = ({ event }: { event: Event }): boolean =>
  event.type === 'signal.takeConfiguration' && event.message.type === 'answer';

/** The guards that {@link offerer} and {@link clientReofferer} name. */
export const offererGuards = {
  isAnswer,
  isOfferRefusal: ({ event }: { event: Event }): boolean =>
    event.type === 'signal.error' && offerRefusals.has(event.message.definition),
};

/** The guards that {@link reofferer} names. */
export const reoffererGuards = {
  isAnswer,
  isAnswerToOutdatedOffer: ({ context, event }: { context: ReoffererContext; event: Event }): boolean =>
    context.outdated && isAnswer({ event }),
};

/** The actions that {@link offerer} names. */
export const offererActions = <E, U>(kinds: ActionKinds<NegotiationContext, NegotiationEffect, E, U>) => ({
  ...candidateActions(kinds),
  createOffer: kinds.effect(() => ({ type: 'rtc.createOffer' })),
  rollBack: kinds.effect(() => ({ type: 'rtc.rollBack' })),
  sendOffer: kinds.effect(
    on('rtc.offerCreated', ({ context, event }) => ({
      type: 'signal.send',
      message: {
        command: 'takeConfiguration',
        streamId: context.streamId,
        type: 'offer',
        sdp: event.sdp,
        idMapping: { ...event.trackIds },
      },
    })),
  ),
  applyAnswer: kinds.effect(
    on('signal.takeConfiguration', ({ event }) => ({
      type: 'rtc.setRemoteDescription',
      description: { type: 'answer', sdp: event.message.sdp },
    })),
  ),
});

/** The actions that {@link reofferer} names. */
export const reoffererActions = <E, U>(kinds: ActionKinds<ReoffererContext, NegotiationEffect, E, U>) => ({
  ...offererActions(kinds),
  markOutdated: kinds.update(() => ({ outdated: true })),
  markCurrent: kinds.update(() => ({ outdated: false })),
});
