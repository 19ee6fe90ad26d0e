import type { NegotiationMessage } from '../../protocol/negotiation.ts';
import { type ActionKinds, on } from '../action.ts';
import type { IceCandidate, RtcEffect } from '../ports/rtc.ts';
import type { SignalEffect } from '../ports/signal.ts';

/**
 * Most candidates one side keeps while it waits for a description. A browser with ten interfaces makes fewer than 60; what
 * comes after is dropped, so that nobody fills the memory of a server with them.
 */
export const maxWaitingCandidates = 128;

/** What every role that negotiates knows. */
export interface NegotiationContext {
  readonly streamId: string;
  /** Own candidates, waiting until the own description is sent. */
  readonly ownCandidates: readonly IceCandidate[];
  /** The other side's candidates, waiting until its description is applied. */
  readonly theirCandidates: readonly IceCandidate[];
}

/** What negotiation asks for, on either side. */
export type NegotiationEffect = SignalEffect<NegotiationMessage> | RtcEffect;

/** The part of a role's context that negotiation starts with. */
export const noCandidates = { ownCandidates: [], theirCandidates: [] } as const;

const messageOf = (streamId: string, candidate: IceCandidate) => ({
  type: 'signal.send' as const,
  message: {
    command: 'takeCandidate' as const,
    streamId,
    label: candidate.sdpMLineIndex ?? 0,
    id: candidate.sdpMid ?? String(candidate.sdpMLineIndex ?? 0),
    candidate: candidate.candidate,
  },
});

const candidateOf = (message: { label?: number | undefined; id?: string | undefined; candidate: string }) => ({
  candidate: message.candidate,
  sdpMid: message.id ?? null,
  sdpMLineIndex: message.label ?? (message.id === undefined ? 0 : null),
});

const with_ = (waiting: readonly IceCandidate[], candidate: IceCandidate) =>
  waiting.length < maxWaitingCandidates ? [...waiting, candidate] : waiting;

/**
 * Trickle ICE in the order that every client bears: a description first, then the candidates that belong to it.
 *
 * Candidates made before the own description is sent are kept, because the JavaScript SDK opens a connection of the wrong
 * kind for one that overtakes its offer, and the iOS SDK loses it. Candidates that arrive before the description they
 * belong to are kept too, because adding one early rejects with `InvalidStateError`.
 *
 * @see docs/protocol.md § takeCandidate
 */
export const candidateActions = <E, U>({
  effect,
  update,
}: ActionKinds<NegotiationContext, NegotiationEffect, E, U>) => ({
  keepOwnCandidate: update(
    on('rtc.iceCandidate', ({ context, event }) => ({ ownCandidates: with_(context.ownCandidates, event.candidate) })),
  ),
  sendOwnCandidate: effect(
    on('rtc.iceCandidate', ({ context, event }) => messageOf(context.streamId, event.candidate)),
  ),
  sendKeptCandidates: effect(({ context }) =>
    context.ownCandidates.map((candidate) => messageOf(context.streamId, candidate)),
  ),
  forgetOwnCandidates: update(() => ({ ownCandidates: [] })),
  keepTheirCandidate: update(
    on('signal.takeCandidate', ({ context, event }) => ({
      theirCandidates: with_(context.theirCandidates, candidateOf(event.message)),
    })),
  ),
  addTheirCandidate: effect(
    on('signal.takeCandidate', ({ event }) => ({
      type: 'rtc.addIceCandidate',
      candidate: candidateOf(event.message),
    })),
  ),
  addKeptCandidates: effect(({ context }) =>
    context.theirCandidates.map((candidate) => ({ type: 'rtc.addIceCandidate', candidate })),
  ),
  forgetTheirCandidates: update(() => ({ theirCandidates: [] })),
});
