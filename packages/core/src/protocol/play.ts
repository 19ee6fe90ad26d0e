import * as v from 'valibot';
import { flag, id, metaData, name, names, number, requiredName, strict, text, token } from './field.ts';

/**
 * `play`: asks to play a stream or a room. Answered by `takeConfiguration` with the server's offer, or by an `error`. With an
 * offer of the player in `sdp`, it is answered by `takeConfiguration` with the answer.
 *
 * @see docs/protocol/messages.md § play
 */
export const play = v.object({
  command: v.literal('play'),
  streamId: id,
  token,
  room: name,
  trackList: names,
  subscriberId: name,
  subscriberName: name,
  subscriberCode: name,
  viewerInfo: metaData,
  role: name,
  userPublishId: name,
  disableTracksByDefault: flag,
  sdp: text,
});

/** `getStreamInfo`: asks for size, codec and bitrates of a live stream. Answered by `streamInformation`. */
export const getStreamInfo = v.object({ command: v.literal('getStreamInfo'), streamId: id });

/** `streamInformation`: one entry per resolution. Bitrates in bit/s. */
export const streamInformation = v.object({
  command: v.literal('streamInformation'),
  streamId: id,
  streamInfo: v.array(
    v.object({
      streamWidth: v.number(),
      streamHeight: v.number(),
      videoBitrate: v.number(),
      audioBitrate: v.number(),
      videoCodec: v.string(),
    }),
  ),
});

/** `getDebugInfo`: asks for the state of a stream or room, as text for people. Answered by the notification `debugInfo`. */
export const getDebugInfo = v.object({ command: v.literal('getDebugInfo'), streamId: id });

/** `getTrackList`: asks for the ids of a main track's subtracks. Answered by `trackList`. */
export const getTrackList = v.object({ command: v.literal('getTrackList'), streamId: id, token });

/** `trackList`: the ids of a main track's subtracks. */
export const trackList = v.object({
  command: v.literal('trackList'),
  streamId: id,
  trackList: v.array(v.string()),
});

/** `enableTrack`: receive, or stop receiving, one subtrack of a main track. */
export const enableTrack = v.object({
  command: v.literal('enableTrack'),
  streamId: id,
  trackId: requiredName,
  enabled: strict.flag,
});

const toggled = { streamId: id, trackId: strict.name, enabled: strict.flag };

/** `toggleVideo`: pause or resume the video of one subtrack, or of all. */
export const toggleVideo = v.object({ command: v.literal('toggleVideo'), ...toggled });

/** `toggleAudio`: pause or resume the audio of one subtrack, or of all. */
export const toggleAudio = v.object({ command: v.literal('toggleAudio'), ...toggled });

/** `getVideoTrackAssignmentsCommand`: asks for the stream of each label. Answered on the data channel. */
export const getVideoTrackAssignmentsCommand = v.object({
  command: v.literal('getVideoTrackAssignmentsCommand'),
  streamId: id,
});

/** `assignVideoTrackCommand`: have a stream of a room under a label of one's choice, or leave that to the server again. */
export const assignVideoTrackCommand = v.object({
  command: v.literal('assignVideoTrackCommand'),
  streamId: id,
  videoTrackId: requiredName,
  enabled: strict.flag,
});

/** `updateVideoTrackAssignmentsCommand`: have the videos of a part of a room's streams. */
export const updateVideoTrackAssignmentsCommand = v.object({
  command: v.literal('updateVideoTrackAssignmentsCommand'),
  streamId: id,
  offset: strict.number,
  size: strict.number,
});

/** `setMaxVideoTrackCountCommand`: have so many videos of a room at most. */
export const setMaxVideoTrackCountCommand = v.object({
  command: v.literal('setMaxVideoTrackCountCommand'),
  streamId: id,
  maxTrackCount: strict.number,
});

/** `forceStreamQuality`: sets a maximum height in pixels; `0` is automatic. */
export const forceStreamQuality = v.object({
  command: v.literal('forceStreamQuality'),
  streamId: id,
  streamHeight: strict.height,
  trackId: strict.name,
});

/** `getBroadcastObject`: asks for the properties of a stream or room. Answered by `broadcastObject`. */
export const getBroadcastObject = v.object({ command: v.literal('getBroadcastObject'), streamId: id });

const page = { offset: number, size: number };

/** `getSubtracks`: asks for a page of a main track's subtracks. Answered by `subtrackList`. */
export const getSubtracks = v.object({ command: v.literal('getSubtracks'), streamId: id, role: name, ...page });

/** `getSubtracksCount`: asks for the number of a main track's subtracks. Answered by `subtrackCount`. */
export const getSubtracksCount = v.object({
  command: v.literal('getSubtracksCount'),
  streamId: id,
  role: name,
  status: name,
});

/** `getSubscriberCount`: asks for the number of a stream's players. Answered by `subscriberCount`. */
export const getSubscriberCount = v.object({ command: v.literal('getSubscriberCount'), streamId: id });

/** `getSubscribers`: asks for a page of a stream's players. Answered by `subscriberList`. */
export const getSubscribers = v.object({ command: v.literal('getSubscribers'), streamId: id, ...page });
