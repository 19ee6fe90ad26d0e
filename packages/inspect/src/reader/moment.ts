import { patched } from '../trace/difference.ts';
import type { TracedState, TransitionRecord } from '../trace/record.ts';
import type { ReadRun } from './reader.ts';

/** A run at one point of its past. */
export interface Moment {
  readonly seq: number;
  readonly time: number;
  readonly state: TracedState;
  readonly context: unknown;
  /** Transition that led to this moment; `undefined` if it was dropped. */
  readonly transition: TransitionRecord | undefined;
}

/** Every moment of a run that is still known, in order. */
export function momentsOf({ dropped, transitions }: ReadRun): readonly Moment[] {
  let context: unknown = dropped?.context;
  const moments: Moment[] = [];
  if (dropped !== undefined) {
    const { seq, time, state } = dropped;
    moments.push({ seq, time, state, context, transition: undefined });
  }
  for (const transition of transitions) {
    const { seq, time, state } = transition;
    context = patched(context, transition.context);
    moments.push({ seq, time, state, context, transition });
  }
  return moments;
}

/** A run after its transition `seq`, or `undefined` if that was dropped or never read. */
export const momentAt = (run: ReadRun, seq: number): Moment | undefined =>
  momentsOf(run).find((moment) => moment.seq === seq);
