import type { HookAction } from '@sigchart/core/machines';

/** Subject of a pair of notifications. */
export interface PairSubject {
  readonly app: string;
  readonly action: HookAction;
  readonly streamId: string;
  readonly mainTrack: string | undefined;
  /** The socket of the player, when it is about one. */
  readonly by: number | undefined;
}

/** One half of a pair of notifications: a start or its end. */
export interface PairHalf {
  /** The same for both halves. */
  readonly key: string;
  readonly begins: boolean;
}

const about = {
  liveStreamStarted: { pair: 'live', begins: true },
  liveStreamEnded: { pair: 'live', begins: false },
  playStarted: { pair: 'play', begins: true },
  playStopped: { pair: 'play', begins: false },
  subtrackAddedInTheMainTrack: { pair: 'subtrack', begins: true },
  subtrackLeftTheMainTrack: { pair: 'subtrack', begins: false },
  firstActiveTrackAddedInMainTrack: { pair: 'active', begins: true },
  noActiveSubtracksLeftInMainTrack: { pair: 'active', begins: false },
  publishTimeoutError: undefined,
} as const satisfies Record<HookAction, { readonly pair: string; readonly begins: boolean } | undefined>;

/** The action that ends what `action` starts; `undefined` if it starts nothing. */
export function endOf(action: HookAction): HookAction | undefined {
  const half = about[action];
  if (half?.begins !== true) return undefined;
  const actions = Object.keys(about) as readonly HookAction[];
  return actions.find((other) => about[other]?.pair === half.pair && about[other]?.begins === false);
}

/** Key of the order of a notification: its room, or its stream without one. */
export const orderOf = ({ action, streamId, mainTrack }: PairSubject): string => {
  const pair = about[action]?.pair;
  return (pair === 'subtrack' || pair === 'active') && mainTrack !== undefined ? mainTrack : streamId;
};

/** Pair and half of a notification; `undefined` if it is not part of a pair. */
export function pairHalf(subject: PairSubject): PairHalf | undefined {
  const half = about[subject.action];
  if (half === undefined) return undefined;
  const { app, streamId, mainTrack = '', by = 0 } = subject;
  const details = {
    live: [streamId],
    play: [streamId, by],
    subtrack: [mainTrack, streamId],
    active: [mainTrack],
  }[half.pair];
  return { key: JSON.stringify([half.pair, app, ...details]), begins: half.begins };
}
