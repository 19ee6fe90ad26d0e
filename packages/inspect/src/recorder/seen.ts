import { Entries, type Entry, type Log } from '../archive/log.ts';
import { differenceOf } from '../trace/difference.ts';
import type { DroppedRecord, TransitionRecord } from '../trace/record.ts';

/** One transition as it was seen, as JSON without secrets. */
export interface Seen extends Entry {
  readonly record: Omit<TransitionRecord, 'context'>;
  readonly context: unknown;
}

/** How much memory a transition takes, about, without its longer texts. Bytes. */
const entryBytes = 1_000;

/** How much memory a transition takes with what it heard, and what became of it. Bytes. */
export const weigh = ({ event, effects }: Seen['record'], context: unknown): number =>
  entryBytes + JSON.stringify([event, effects, context]).length;

/** What was seen of an actor of any XState system. Its machine cannot be asked again: it may do what is not pure. */
export class SeenLog extends Entries<Seen, DroppedRecord> implements Log {
  constructor() {
    super((_, { record: { session, seq, time, state }, context }) => ({
      kind: 'dropped',
      session,
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
