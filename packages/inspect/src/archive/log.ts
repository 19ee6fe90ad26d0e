import type { DroppedRecord, TransitionRecord } from '../trace/record.ts';

/** Records of one run, in order. The oldest are dropped first. */
export interface Log {
  /** Number of transitions in the log. */
  readonly length: number;
  /** Approximate memory use. Bytes. */
  readonly bytes: number;
  /** Drops at least `count` transitions, and stores a summary of them. */
  drop(count: number): void;
  /** Records after the transition `seq`; 0 for all. Computed on each call. */
  since(seq: number): Iterable<DroppedRecord | TransitionRecord>;
}

/** A transition in a log, stored unchanged. */
export interface Entry {
  readonly record: Pick<TransitionRecord, 'seq'>;
  /** Approximate memory use. */
  readonly bytes: number;
}

/** A list of transitions, stored unchanged. */
export class Entries<Own extends Entry, Dropped> {
  #dropped: Dropped | undefined;
  #entries: Own[] = [];
  #bytes = 0;
  readonly #fold: (before: Dropped | undefined, entry: Own) => Dropped;

  /** @param fold - What is remembered of a transition that is dropped, given what was remembered of those before. */
  constructor(fold: (before: Dropped | undefined, entry: Own) => Dropped) {
    this.#fold = fold;
  }

  get length(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Summary of the dropped transitions. */
  get dropped(): Dropped | undefined {
    return this.#dropped;
  }

  add(entry: Own): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
  }

  drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      this.#dropped = this.#fold(this.#dropped, entry);
      this.#bytes -= entry.bytes;
    }
  }

  /** Continues after a gap. */
  restart(dropped: Dropped): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#dropped = dropped;
  }

  /** The transitions after `seq`, and the one before them if it is still there. */
  after(seq: number): { readonly previous: Own | undefined; readonly entries: readonly Own[] } {
    const [first] = this.#entries;
    const from = first === undefined ? 0 : Math.max(0, seq + 1 - first.record.seq);
    return { previous: this.#entries[from - 1], entries: this.#entries.slice(from) };
  }
}
