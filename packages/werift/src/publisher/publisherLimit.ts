import type { Track } from '../source/track.ts';

/** How much of its audio's bitrate a publisher is left beside a limit for its video. */
const audioShare = 1.2;

/**
 * What a publisher should send at most over one transport. Bits per second; `undefined` for no limit, as when a player can take all of one
 * of its videos.
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
