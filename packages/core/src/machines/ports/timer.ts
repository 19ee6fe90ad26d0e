import type { TimerName } from '../timer.ts';

/** What a machine asks of time. A timer that runs already starts anew. Performed by the session, with its clock. */
export type TimerEffect =
  | { readonly type: 'timer.start'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'timer.stop'; readonly name: TimerName };

/** The end of a timer. */
export type TimerEvent = { readonly type: `timer.${TimerName}` };
