import * as v from 'valibot';
import { roomStream } from './conference.ts';
import { echoedId, endReason, id, number, text, texts } from './field.ts';

const notification = <Definition extends string, Entries extends v.ObjectEntries>(
  definition: Definition,
  entries: Entries,
) => v.object({ command: v.literal('notification'), definition: v.literal(definition), ...entries });

const room = { ATTR_ROOM_NAME: text, room: text };

/** One video of a player: the height that is sent of it, those that there are, and the reason for the choice. */
const sentVideo = v.object({
  trackId: v.string(),
  /** Absent while it is paused. */
  streamHeight: v.optional(v.number()),
  heights: v.array(v.number()),
  reason: v.picklist(['unlimited', 'preference', 'bandwidth']),
});

/** One video of a player, as `bitrateMeasurement` lists it. */
export type SentVideo = v.InferOutput<typeof sentVideo>;

/**
 * Every notification, by its definition. `streamId` is in each one that concerns a stream, because a mobile SDK ends
 * without it.
 *
 * @see docs/protocol/messages.md
 */
export const notifications = {
  /** The publisher's media is connected. */
  publish_started: notification('publish_started', { streamId: echoedId, ...room }),
  /** The publisher has ended. */
  publish_finished: notification('publish_finished', { streamId: echoedId, reason: endReason }),
  /** The player's media is connected. */
  play_started: notification('play_started', { streamId: echoedId }),
  /** The player, or what it played, has ended. */
  play_finished: notification('play_finished', { streamId: echoedId, reason: endReason }),
  /** The publisher's interrupted media is back. */
  session_restored: notification('session_restored', { streamId: echoedId }),
  /** The peer is in the call. */
  joined: notification('joined', { streamId: echoedId }),
  /** The peer has left the call. */
  leaved: notification('leaved', { streamId: echoedId }),
  /** The member is in the room: its own stream id, and those of the others. */
  joinedTheRoom: notification('joinedTheRoom', {
    streamId: id,
    streams: v.array(v.string()),
    ...room,
    streamList: v.optional(v.fallback(v.array(roomStream), [])),
    maxTrackCount: number,
  }),
  /** Another member is in the room. */
  streamJoined: notification('streamJoined', { streamId: id }),
  /** Another member has left the room. */
  streamLeaved: notification('streamLeaved', { streamId: id }),
  /** The member has left the room. */
  leavedFromRoom: notification('leavedFromRoom', { ...room, reason: endReason }),
  /** A subtrack of a main track was added. */
  subtrackAdded: notification('subtrackAdded', { trackId: v.string(), mainTrack: v.string() }),
  /** A subtrack of a main track was removed. */
  subtrackRemoved: notification('subtrackRemoved', { trackId: v.string(), mainTrack: v.string() }),
  /** Properties of a stream or room, serialized as JSON. */
  broadcastObject: notification('broadcastObject', { streamId: id, broadcast: v.string() }),
  /** A page of subtracks, each as JSON in a text. */
  subtrackList: notification('subtrackList', { streamId: id, subtrackList: texts }),
  /** Number of subtracks. */
  subtrackCount: notification('subtrackCount', { streamId: id, count: v.number() }),
  /** Number of players. */
  subscriberCount: notification('subscriberCount', { streamId: id, count: v.number() }),
  /** A page of players, each as JSON in a text. */
  subscriberList: notification('subscriberList', { streamId: id, subscriberList: texts }),
  /** State of a stream or room, as text for people. */
  debugInfo: notification('debugInfo', { streamId: id, debugInfo: v.string() }),
  /** This server sends no push notifications. */
  pushNotificationsNotSupported: notification('pushNotificationsNotSupported', {
    success: v.boolean(),
    information: text,
  }),
  /** Bitrates of a player, in bit/s. */
  bitrateMeasurement: notification('bitrateMeasurement', {
    streamId: id,
    targetBitrate: v.optional(v.number(), 0),
    videoBitrate: v.optional(v.number(), 0),
    audioBitrate: v.optional(v.number(), 0),
    tracks: v.optional(v.fallback(v.optional(v.array(sentVideo)), undefined)),
  }),
  /** A player is sent video of another height now. In a room, `trackId` says which. */
  resolutionChangeInfo: notification('resolutionChangeInfo', { streamId: id, streamHeight: v.number(), trackId: text }),
  /** The server is shutting down; reconnect. */
  server_will_stop: notification('server_will_stop', {}),
};

/** The definition of a notification. */
export type NotificationDefinition = keyof typeof notifications;
