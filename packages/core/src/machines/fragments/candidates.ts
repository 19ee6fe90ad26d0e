import type { NegotiationMessage } from '../../protocol/negotiation.ts';
import { type ActionKinds, on } from '../action.ts';
import type { IceCandidate, RtcEffect } from '../ports/rtc.ts';
import type { SignalEffect } from '../ports/signal.ts';

/**
 * Maximum number of candidates that one side stores while it waits for a description. A browser with ten interfaces has fewer
 * than 60. Further ones are dropped, so that clients cannot exhaust a server's memory.
 */
export const maxWaitingCandidates = 128;

/** Context of every role that negotiates. */
export interface NegotiationContext {
  readonly streamId: string;
  /** Own candidates, waiting until the own description is sent. */
  readonly ownCandidates: readonly IceCandidate[];
  /** The other side's candidates, waiting until its description is applied. */
  readonly theirCandidates: readonly IceCandidate[];
}

/** Effects of negotiation, on either side. */
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
 * Trickle ICE in the order that every client supports: a description first, then its candidates.
 *
 * Local candidates are held until the local description is sent. Otherwise the JavaScript SDK opens a connection of the wrong
 * kind, and the iOS SDK loses the candidate. Remote candidates are held until their description is applied, because adding one
 * earlier rejects with `InvalidStateError`.
 *
 * @see docs/protocol/messages.md § takeCandidate
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
