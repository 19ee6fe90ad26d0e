import * as v from 'valibot';
import { flag, id, text } from './field.ts';

/**
 * `join`: enter a call of two. The server answers `joined`, and `start` to the first peer once the second is there.
 *
 * @see docs/protocol.md § join
 */
export const join = v.object({ command: v.literal('join'), streamId: id, multiPeer: flag, mode: text, token: text });

/** `leave`: end my part of a call. Answered by `leaved`; the other peer hears `stop`. */
export const leave = v.object({ command: v.literal('leave'), streamId: id });

/** `peerMessageCommand`: a message of the application for the other peer, in both directions, relayed unchanged. */
export const peerMessageCommand = v.object({
  command: v.literal('peerMessageCommand'),
  streamId: id,
  definition: text,
  data: v.optional(v.unknown()),
});
