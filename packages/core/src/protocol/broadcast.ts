import * as v from 'valibot';

/** Status of a stream, under Ant Media's names. A room is `broadcasting` while it has live streams. */
export const broadcastStatus = v.picklist([
  'created',
  'preparing',
  'broadcasting',
  'finished',
  'error',
  'failed',
  'terminated_unexpectedly',
]);

/**
 * Properties of a stream or room, in `broadcastObject` and in the REST API.
 *
 * Strings other than `metaData` are never null, and arrays never missing, because a mobile SDK crashes without them. Counts of
 * players of other kinds are 0; a limit of -1 is none.
 *
 * @see docs/protocol/messages.md § broadcastObject
 */
export const broadcast = v.object({
  streamId: v.string(),
  /** A name for people. */
  name: v.string(),
  description: v.string(),
  status: broadcastStatus,
  type: v.literal('liveStream'),
  /** Way of publishing: always this one. */
  publishType: v.literal('WebRTC'),
  /** Time of registration, otherwise of publishing. Milliseconds since 1970; 0 for neither, such as a room in use. */
  date: v.number(),
  /** Time at which its publisher's media connected. Milliseconds since 1970; 0 while it is not live. */
  startTime: v.number(),
  /** From when on it may be used. Seconds since 1970; 0 for any time. */
  plannedStartDate: v.number(),
  /** Until when it may be used. Seconds since 1970; 0 for ever. */
  plannedEndDate: v.number(),
  /** `null` without: applications of Ant Media parse whatever else it is as JSON. */
  metaData: v.nullable(v.string()),
  role: v.string(),
  /** The room that it is in; `""` for none. */
  mainTrackStreamId: v.string(),
  /** The live streams of a room. */
  subTrackStreamIds: v.array(v.string()),
  subtracksLimit: v.number(),
  webRTCViewerCount: v.number(),
  webRTCViewerLimit: v.number(),
  hlsViewerCount: v.number(),
  dashViewerCount: v.number(),
  rtmpViewerCount: v.number(),
  /** 1 while it is live, else 0. */
  speed: v.number(),
  /** True if it was never registered, and is forgotten at its end. */
  zombi: v.boolean(),
  /** True if it is a room. */
  virtual: v.boolean(),
});

/** Properties of a stream or room. */
export type Broadcast = v.InferOutput<typeof broadcast>;
