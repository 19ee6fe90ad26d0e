import type { TrackAssignment } from '../../ports/rtc.ts';
import type { Talker } from '../../ports/stream.ts';

/** How silence is told. @see RFC 6464 § 3 */
const silence = 127;

/**
 * What a room's player is told on the data channel: which stream each label of a video stands for, of those that it may
 * know. `reserved` is as asked for now.
 *
 * @see docs/protocol.md § Track assignment
 */
export const videoAssignmentEvent = (
  room: string,
  known: readonly TrackAssignment[],
  wanted: readonly TrackAssignment[],
): string =>
  JSON.stringify({
    streamId: room,
    eventType: 'VIDEO_TRACK_ASSIGNMENT_LIST',
    payload: known.flatMap(({ streamId, videoLabel }) =>
      videoLabel === undefined
        ? []
        : {
            videoLabel,
            trackId: streamId,
            reserved: wanted.some((other) => other.streamId === streamId && other.isReserved),
          },
    ),
  });

const audioEvent = (room: string, payload: readonly object[]): string =>
  JSON.stringify({ streamId: room, eventType: 'AUDIO_TRACK_ASSIGNMENT', payload });

/** The same of every label of an audio track, nobody being heard. */
export const audioAssignmentEvent = (room: string, answered: readonly TrackAssignment[]): string =>
  audioEvent(
    room,
    answered.map(({ streamId, audioLabel }) => ({ audioLabel, trackId: streamId, audioLevel: silence })),
  );

/** Who talks, and how loud. */
export const talkersEvent = (room: string, answered: readonly TrackAssignment[], talkers: readonly Talker[]): string =>
  audioEvent(
    room,
    talkers.flatMap(({ streamId, level }) => {
      const assignment = answered.find((other) => other.streamId === streamId);
      return assignment === undefined
        ? []
        : { audioLabel: assignment.audioLabel, trackId: streamId, audioLevel: level };
    }),
  );
