import type { TimerName } from '../timer.ts';

/** Effect on a timer. Starting a running timer restarts it. Performed by the session, with its clock. */
export type TimerEffect =
  | { readonly type: 'timer.start'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'timer.stop'; readonly name: TimerName };

/** The end of a timer. */
export type TimerEvent = { readonly type: `timer.${TimerName}` };
