import type { LiveBroadcast } from '@sigchart/core/app';
import type { Broadcast } from '@sigchart/core/protocol';
import type { RegisteredBroadcast } from './store/registered.ts';

/** Registration of a stream or room without one, with its id only. `date` in milliseconds since 1970. */
export const blankBroadcast = (streamId: string, date: number): RegisteredBroadcast => ({
  streamId,
  name: '',
  description: '',
  status: 'created',
  date,
  plannedStartDate: 0,
  plannedEndDate: 0,
  metaData: '',
  role: '',
  mainTrackStreamId: '',
  subtracksLimit: -1,
  webRTCViewerLimit: -1,
  virtual: false,
  conferenceMode: '',
  listenerHookURL: '',
});

/**
 * Broadcast object of a stream or room, from its registration and its live state. Data from its current publisher takes
 * precedence over the registration.
 *
 * @see docs/protocol/messages.md § broadcastObject
 */
export function broadcastOf(
  live: LiveBroadcast | undefined,
  registered: RegisteredBroadcast | undefined,
): Broadcast | undefined {
  const known = registered ?? (live && blankBroadcast(live.streamId, live.date));
  if (known === undefined) return undefined;
  const { conferenceMode: _, listenerHookURL: __, ...told } = known;
  return {
    ...told,
    name: live?.claim?.streamName ?? told.name,
    metaData: (live?.claim?.metaData ?? told.metaData) || null,
    role: live?.claim?.role ?? told.role,
    status: live === undefined || live.status === 'created' ? told.status : live.status,
    type: 'liveStream',
    publishType: 'WebRTC',
    startTime: live?.startTime ?? 0,
    mainTrackStreamId: live?.mainTrack ?? told.mainTrackStreamId,
    subTrackStreamIds: [...(live?.subtracks ?? [])],
    webRTCViewerCount: live?.viewers ?? 0,
    hlsViewerCount: 0,
    dashViewerCount: 0,
    rtmpViewerCount: 0,
    speed: live?.status === 'broadcasting' ? 1 : 0,
    zombi: registered === undefined,
    virtual: live?.subtracks !== undefined || told.virtual,
  };
}
