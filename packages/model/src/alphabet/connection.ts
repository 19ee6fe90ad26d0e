import type { RtcEvent } from '@sigchart/core/machines';
import type { Saying } from './saying.ts';

/** The stream, or call, that is spoken of unless it has to be another. */
export const streamId = 's1';

/** An SDP that a connection can apply. What is in it is nothing to a machine, save the user name of ICE. */
const sdpOf = (name: string): string => `v=0\r\na=ice-ufrag:${name}\r\n`;

/** A candidate that belongs to the description of that name. */
const candidateOf = (name: string) => ({
  candidate: `candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag ${name}`,
  sdpMid: '0',
  sdpMLineIndex: 0,
});

/** Messages of the other side of a negotiation. */
export const negotiation = {
  offer: { command: 'takeConfiguration', streamId, type: 'offer', sdp: sdpOf('theirs') },
  answer: { command: 'takeConfiguration', streamId, type: 'answer', sdp: sdpOf('theirs') },
  candidate: { command: 'takeCandidate', streamId, label: 0, id: '0', candidate: candidateOf('theirs').candidate },
} as const satisfies Record<string, Saying>;

/** Reports of the own connection. */
export const connection = {
  offerCreated: { type: 'rtc.offerCreated', sdp: sdpOf('own'), trackIds: { 0: 'video' } },
  answerCreated: { type: 'rtc.answerCreated', sdp: sdpOf('own') },
  iceCandidate: { type: 'rtc.iceCandidate', candidate: candidateOf('own') },
  negotiationNeeded: { type: 'rtc.negotiationNeeded' },
  connected: { type: 'rtc.connected' },
  disconnected: { type: 'rtc.disconnected' },
  openFailed: { type: 'rtc.failed', step: 'open', reason: 'no ports' },
  offerFailed: { type: 'rtc.failed', step: 'setLocalDescription', reason: 'no offer' },
  descriptionFailed: { type: 'rtc.failed', step: 'setRemoteDescription', reason: 'no description' },
  noCodec: { type: 'rtc.failed', step: 'setRemoteDescription', reason: 'noCommonCodec' },
  connectionFailed: { type: 'rtc.failed', step: 'connection', reason: 'failed' },
} as const satisfies Record<string, RtcEvent>;

/** Limits stored candidates, so that a walk through a machine ends. */
export const keepsFew = ({
  context,
}: {
  readonly context: { readonly ownCandidates: readonly unknown[]; readonly theirCandidates: readonly unknown[] };
}): boolean => context.ownCandidates.length <= 1 && context.theirCandidates.length <= 1;
