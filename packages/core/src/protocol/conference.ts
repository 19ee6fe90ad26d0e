import * as v from 'valibot';
import { id, metaData, name, token } from './field.ts';

/**
 * The stream id that a member requests. Page templates are known to send the words `null` and `undefined`. These, and anything
 * that is not an id, request a generated one.
 */
const wishedStreamId = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value): string | undefined =>
      value === 'null' || value === 'undefined' || !v.is(id, value) ? undefined : value,
    ),
  ),
);

/**
 * `joinRoom`: enter a conference. Answered by `joinedTheRoom`.
 *
 * `metadata` is the spelling of the JavaScript SDK in this message, `metaData` that of every other; both are accepted. What is
 * shown for a right is read here as in `publish` and `play`, although no SDK says it.
 *
 * @see docs/protocol/messages.md § joinRoom
 */
export const joinRoom = v.object({
  command: v.literal('joinRoom'),
  room: id,
  streamId: wishedStreamId,
  mainTrack: name,
  mode: name,
  streamName: name,
  role: name,
  metadata: metaData,
  metaData,
  token,
  subscriberId: name,
  subscriberCode: name,
});

/** `leaveFromRoom`: leaves a conference; the member is identified by its socket. Answered by `leavedFromRoom`. */
export const leaveFromRoom = v.object({
  command: v.literal('leaveFromRoom'),
  room: id,
  mainTrack: name,
  streamId: name,
});

/** `getRoomInfo`: asks for the members of a room. Answered by `roomInformation`. */
export const getRoomInfo = v.object({ command: v.literal('getRoomInfo'), room: id, streamId: name });

const orEmpty = v.optional(v.fallback(v.string(), ''), '');

/** One other member of a room. Its texts are never null. */
export const roomStream = v.object({ streamId: v.string(), streamName: orEmpty, metaData: orEmpty });

/** `roomInformation`: the live streams of a room without the asker's own. The lists are never null. */
export const roomInformation = v.object({
  command: v.literal('roomInformation'),
  room: v.string(),
  ATTR_ROOM_NAME: v.string(),
  streams: v.array(v.string()),
  streamList: v.array(roomStream),
});
