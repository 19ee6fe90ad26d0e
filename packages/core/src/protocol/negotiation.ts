import * as v from 'valibot';
import { expects, id, maxLengths, name, number, tooLong } from './field.ts';

/**
 * `takeConfiguration`: a session description, in both directions.
 *
 * `idMapping` (server to client) maps each `mid` of the description to its track id, `ARDAMSv<streamId>` for video and
 * `ARDAMSa<streamId>` for audio; the JavaScript SDK reads it for every track of every offer.
 *
 * @see docs/protocol/messages.md § takeConfiguration
 */
export const takeConfiguration = v.object({
  command: v.literal('takeConfiguration'),
  streamId: id,
  type: v.picklist(['offer', 'answer'], expects('"offer" or "answer"')),
  sdp: v.string(expects('a string')),
  idMapping: v.optional(v.fallback(v.optional(v.record(v.string(), v.string())), undefined)),
});

/**
 * `takeCandidate`: one ICE candidate, in both directions.
 *
 * `label` is the `sdpMLineIndex`, a number on output; on input its digits in a string are accepted, and so is no label.
 * `id` is the `sdpMid`, always a string on output. An empty `candidate` ends the candidates of that media section, and so does
 * `null`, which browsers have in the last event of gathering.
 *
 * @see docs/protocol/messages.md § takeCandidate
 */
export const takeCandidate = v.object({
  command: v.literal('takeCandidate'),
  streamId: id,
  label: number,
  id: name,
  candidate: v.pipe(
    v.nullable(v.string(expects('a string'))),
    v.transform((candidate) => candidate ?? ''),
    v.maxLength(maxLengths.candidate, tooLong),
  ),
});

/** A message that both sides send while they negotiate. */
export type NegotiationMessage = v.InferOutput<typeof takeConfiguration> | v.InferOutput<typeof takeCandidate>;
