import type { TrackAssignment } from '../../ports/rtc.ts';
import type { Talker } from '../../ports/stream.ts';

/** Level that stands for silence. @see RFC 6464 § 3 */
const silence = 127;

/**
 * Data channel message for a room's player: the stream of each video label that the player may know. `reserved` is the current
 * reservation.
 *
 * @see docs/protocol/tracks.md § Track assignment
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

/** The same for every audio label, while no member talks. */
export const audioAssignmentEvent = (room: string, answered: readonly TrackAssignment[]): string =>
  audioEvent(
    room,
    answered.map(({ streamId, audioLabel }) => ({ audioLabel, trackId: streamId, audioLevel: silence })),
  );

/** Data channel message with the members who talk, and their levels. */
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
