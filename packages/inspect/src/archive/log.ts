import type { DroppedRecord, TransitionRecord } from '../trace/record.ts';

/** What is kept of one session, in order. The oldest is dropped first. */
export interface Log {
  /** Number of transitions that are kept. */
  readonly length: number;
  /** How much memory they take, about. Bytes. */
  readonly bytes: number;
  /** Drops `count` transitions or somewhat more, and remembers what came of them. */
  drop(count: number): void;
  /** What is kept after the transition `seq`, 0 for all of it. Made anew each time it is asked for. */
  since(seq: number): Iterable<DroppedRecord | TransitionRecord>;
}

/** One transition that is kept as it is. */
export interface Entry {
  readonly record: Pick<TransitionRecord, 'seq'>;
  /** How much memory it takes, about. */
  readonly bytes: number;
}

/** A list of transitions that are kept as they are. */
export class Entries<Kept extends Entry, Dropped> {
  #dropped: Dropped | undefined;
  #entries: Kept[] = [];
  #bytes = 0;
  readonly #fold: (before: Dropped | undefined, entry: Kept) => Dropped;

  /** @param fold - What is remembered of a transition that is dropped, given what was remembered of those before. */
  constructor(fold: (before: Dropped | undefined, entry: Kept) => Dropped) {
    this.#fold = fold;
  }

  get length(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What is remembered of those that were dropped. */
  get dropped(): Dropped | undefined {
    return this.#dropped;
  }

  add(entry: Kept): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
  }

  drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      this.#dropped = this.#fold(this.#dropped, entry);
      this.#bytes -= entry.bytes;
    }
  }

  /** Begins again after a gap. */
  restart(dropped: Dropped): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#dropped = dropped;
  }

  /** Those after the transition `seq`, and the one before them if it is kept. */
  after(seq: number): { readonly previous: Kept | undefined; readonly entries: readonly Kept[] } {
    const [first] = this.#entries;
    const from = first === undefined ? 0 : Math.max(0, seq + 1 - first.record.seq);
    return { previous: this.#entries[from - 1], entries: this.#entries.slice(from) };
  }
}
