import { patched } from '../trace/difference.ts';
import type { TracedState, TransitionRecord } from '../trace/record.ts';
import type { ReadSession } from './reader.ts';

/** A session at one point of its past. */
export interface Moment {
  readonly seq: number;
  readonly time: number;
  readonly state: TracedState;
  readonly context: unknown;
  /** Transition that led to this moment; `undefined` if it was dropped. */
  readonly transition: TransitionRecord | undefined;
}

/** Every moment of a session that is still known, in order. */
export function momentsOf({ dropped, transitions }: ReadSession): readonly Moment[] {
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

/** A session after its transition `seq`, or `undefined` if that was dropped or never read. */
export const momentAt = (session: ReadSession, seq: number): Moment | undefined =>
  momentsOf(session).find((moment) => moment.seq === seq);
