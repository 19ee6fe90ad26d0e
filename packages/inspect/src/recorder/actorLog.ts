import { Entries, type Entry, type Log } from '../archive/log.ts';
import { differenceOf } from '../trace/difference.ts';
import type { DroppedRecord, TransitionRecord } from '../trace/record.ts';

/** One observed transition, as JSON without secrets. */
export interface ActorTransition extends Entry {
  readonly record: Omit<TransitionRecord, 'context'>;
  readonly context: unknown;
}

/** Approximate memory use of a transition, without its longer strings. Bytes. */
const entryBytes = 1_000;

/** Approximate memory use of a transition with its event and results. Bytes. */
export const weigh = ({ event, effects }: ActorTransition['record'], context: unknown): number =>
  entryBytes + JSON.stringify([event, effects, context]).length;

/** Recorded transitions of an actor of any XState system. They cannot be recomputed, because its machine may be impure. */
export class ActorLog extends Entries<ActorTransition, DroppedRecord> implements Log {
  constructor() {
    super((_, { record: { run, seq, time, state }, context }) => ({
      kind: 'dropped',
      run,
      seq,
      time,
      state,
      context,
    }));
  }

  *since(seq: number): Generator<DroppedRecord | TransitionRecord> {
    const { dropped } = this;
    if (dropped !== undefined && dropped.seq > seq) yield dropped;
    const { previous, entries } = this.after(seq);
    let before = (previous ?? dropped)?.context;
    for (const { record, context } of entries) {
      const isFirst = record.seq === 1;
      yield {
        ...record,
        context: isFirst ? [{ op: 'add', path: '', value: context ?? {} }] : differenceOf(before, context),
      };
      before = context;
    }
  }
}
