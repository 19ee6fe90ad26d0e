import * as v from 'valibot';
import { expects, flag, id, name, token } from './field.ts';

/**
 * `join`: enters a two-party call. The server answers `joined`, and sends `start` to the first peer once there is a second.
 *
 * @see docs/protocol/messages.md § join
 */
export const join = v.object({ command: v.literal('join'), streamId: id, multiPeer: flag, mode: name, token });

/** `leave`: leaves a call. Answered by `leaved`; the other peer receives `stop`. */
export const leave = v.object({ command: v.literal('leave'), streamId: id });

/** Deepest nesting of a relayed message. What is deeper cannot be written as JSON again without running out of stack. */
const maxDepth = 64;

const isShallow = (value: unknown, depth = 0): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth < maxDepth && Object.values(value).every((entry) => isShallow(entry, depth + 1)));

/** `peerMessageCommand`: a message of the application for the other peer, in both directions, relayed unchanged. */
export const peerMessageCommand = v.object({
  command: v.literal('peerMessageCommand'),
  streamId: id,
  definition: name,
  data: v.optional(v.pipe(v.unknown(), v.check(isShallow, expects(`a value nested at most ${maxDepth} deep`)))),
});
