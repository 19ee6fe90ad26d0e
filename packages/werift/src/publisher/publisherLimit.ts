import type { Track } from '../source/track.ts';

/** Share of the audio bitrate that is added to a video limit. */
const audioShare = 1.2;

/**
 * Maximum bitrate that a publisher should send over one transport. Bits per second; `undefined` for no limit, for example if a
 * player can receive all of a video.
 */
export function publisherLimit(tracks: readonly Track[]): number | undefined {
  const limits = tracks.filter(({ kind }) => kind === 'video').map(({ demands }) => demands.limit);
  if (limits.length === 0) return undefined;
  let sum = 0;
  for (const limit of limits) {
    if (limit === undefined) return undefined;
    sum += limit;
  }
  const audio = tracks.filter(({ kind }) => kind === 'audio').reduce((total, { bitrate }) => total + bitrate, 0);
  return Math.round(sum + audioShare * audio);
}
