import * as v from 'valibot';

/** Where a stream is in its life, by the names that Ant Media gives. A room is `broadcasting` while somebody publishes in it. */
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
 * What is known of a stream or room, as `broadcastObject` and the REST API tell it.
 *
 * Texts but `metaData` are never null, and lists never missing: a mobile SDK ends without them. Counts that this server has no such players
 * for are 0; a limit of -1 is none.
 *
 * @see docs/protocol.md § broadcastObject
 */
export const broadcast = v.object({
  streamId: v.string(),
  /** A name for people. */
  name: v.string(),
  description: v.string(),
  status: broadcastStatus,
  type: v.literal('liveStream'),
  /** How it is published: always this, as nothing else is served. */
  publishType: v.literal('WebRTC'),
  /** When it was registered, or else published. Milliseconds since 1970; 0 of what is neither, such as a room in use. */
  date: v.number(),
  /** Time its publisher's media came. Milliseconds since 1970; 0 while it is not live. */
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

/** What is known of a stream or room. */
export type Broadcast = v.InferOutput<typeof broadcast>;
