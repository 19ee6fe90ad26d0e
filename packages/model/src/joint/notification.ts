import type { AppNotification, AppState } from '@sigchart/core/app';
import { ownerOf } from './holding.ts';

/** Actions that start and end something, and its name. */
const pairs = {
  liveStreamStarted: 'stream',
  liveStreamEnded: 'stream',
  playStarted: 'play',
  playStopped: 'play',
  subtrackAddedInTheMainTrack: 'track',
  subtrackLeftTheMainTrack: 'track',
  firstActiveTrackAddedInMainTrack: 'active',
  noActiveSubtracksLeftInMainTrack: 'active',
} as const;

const starts: ReadonlySet<string> = new Set([
  'liveStreamStarted',
  'playStarted',
  'subtrackAddedInTheMainTrack',
  'firstActiveTrackAddedInMainTrack',
]);

/** Starts without an end after a further notification, and what is wrong with it, in words. */
export function notifiedAfter(
  notified: readonly string[],
  { action, streamId, by, about, mainTrack }: AppNotification,
  app: AppState,
): { readonly notified: readonly string[]; readonly fault: string | undefined } {
  if (action === 'publishTimeoutError') return { notified, fault: undefined };
  const kind = pairs[action];
  const subject = { stream: streamId, play: `${streamId} ${by}`, track: `${mainTrack} ${streamId}`, active: mainTrack }[
    kind
  ];
  const name = `${kind} ${subject}`;
  const isStart = starts.has(action);
  const others = notified.filter((other) => other !== name);
  const isKnown = others.length < notified.length;
  const isOwners = action !== 'liveStreamStarted' || (about !== undefined && about === ownerOf(app, streamId));
  const fault =
    isStart === isKnown
      ? `${action} ${subject} without the other`
      : isOwners
        ? undefined
        : `${action} is about ${about}`;
  return { notified: isStart ? [...others, name].sort() : others, fault };
}
