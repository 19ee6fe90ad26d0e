import * as v from 'valibot';
import { flag, id, metaData, name, strict, token } from './field.ts';

/**
 * `publish`: asks to become the publisher of a stream. Answered by `start` or by an `error`.
 *
 * @see docs/protocol/messages.md § publish
 */
export const publish = v.object({
  command: v.literal('publish'),
  streamId: id,
  token,
  video: flag,
  audio: flag,
  subscriberId: name,
  subscriberCode: name,
  streamName: name,
  mainTrack: name,
  metaData,
  role: name,
});

/**
 * `start`: the server has accepted the publisher (or, in a call, addresses the first peer), who now makes the offer.
 *
 * @see docs/protocol/messages.md § start
 */
export const start = v.object({ command: v.literal('start'), streamId: id });

/**
 * `stop`. From a client: ends its publisher and its player of this id. From the server (p2p): the other peer has left.
 *
 * @see docs/protocol/messages.md § stop
 */
export const stop = v.object({ command: v.literal('stop'), streamId: id });

/** `updateStreamMetaData`: replace the free text stored with a stream. */
export const updateStreamMetaData = v.object({
  command: v.literal('updateStreamMetaData'),
  streamId: id,
  metaData: strict.metaData,
});
