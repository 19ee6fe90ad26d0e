import { begin, step } from '@sigchart/core/machines';
import type { Transition } from '@sigchart/core/session';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { Log } from '../archive/log.ts';
import { differenceOf } from '../trace/difference.ts';
import type { Plain } from '../trace/plain.ts';
import type { Cause, DroppedRecord, TracedState, TransitionRecord } from '../trace/record.ts';
import { type Recording, runNumbered } from './recording.ts';

/** Consecutive events of a machine, and its snapshot before them. */
interface Reel {
  /** The {@link Transition.seq} of the first. */
  readonly first: number;
  /** Snapshot before it; `undefined` at the start. */
  readonly before: AnyMachineSnapshot | undefined;
  /** Time of the event before it. */
  readonly time: number;
  readonly events: Transition['event'][];
  /**
   * Numbers about each event, {@link perEvent} of them: time, order, taken edges, and the machine, transition and effect that
   * caused it. One array of numbers creates no objects for the garbage collector.
   */
  readonly facts: number[];
  /** Approximate memory use. */
  bytes: number;
}

/** Time and edges of a transition. */
interface TapePosition {
  readonly time: number;
  readonly order: number;
  readonly edges: readonly number[];
}

/** Number of numbers of {@link Reel.facts} that belong to one event. */
const perEvent = 6;

/** Number of events on a reel, and so the maximum number of steps to read one of them. */
const reelLength = 16;

/** Approximate memory use of an event, without its longer strings. Bytes. */
const eventBytes = 300;

/** Interned lists of edges. Nearly always there is one edge, or none. */
class EdgeLists {
  readonly #lists: (readonly number[])[] = [[]];
  /** By the edge that was taken alone, or by several as a text. */
  readonly #numbers = new Map<number | string, number>();

  /** The number of a list. */
  numberOf(edges: readonly number[]): number {
    const [edge] = edges;
    if (edge === undefined) return 0;
    const key = edges.length === 1 ? edge : edges.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#lists.push(edges) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** The list that has a number. */
  list(number: number): readonly number[] {
    return this.#lists[number] ?? [];
  }
}

const edgeLists = new EdgeLists();

/**
 * An event's texts are what can be large: session descriptions and what applications add. This is done for each event, so it
 * makes no list of an object's values.
 */
function weigh(event: object): number {
  const fields = event as Readonly<Record<string, unknown>>;
  let bytes = eventBytes;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') bytes += value.length;
    else if (typeof value === 'object' && value !== null)
      bytes += name === 'data' ? JSON.stringify(value).length : textsIn(value as typeof fields);
  }
  return bytes;
}

function textsIn(fields: Readonly<Record<string, unknown>>): number {
  let length = 0;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') length += value.length;
    // The data of an application's messages may be nested to any depth.
    else if (name === 'data' && typeof value === 'object') length += JSON.stringify(value).length;
  }
  return length;
}

/**
 * Log of a signalling machine. It stores events only: state, context and effects are recomputed by stepping the machine again.
 * Every few events, it stores a snapshot.
 */
export class Tape implements Log {
  readonly #run: string;
  readonly #machine: AnyStateMachine;
  readonly #recording: Recording;
  /** Those that are full. */
  #full: Reel[] = [];
  #reel: Reel = { first: 1, before: undefined, time: 0, events: [], facts: [], bytes: 0 };
  /** Snapshot after the last event. */
  #now: AnyMachineSnapshot | undefined;
  #length = 0;
  #bytes = 0;

  constructor(run: string, machine: AnyStateMachine, recording: Recording) {
    this.#run = run;
    this.#machine = machine;
    this.#recording = recording;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an event that the machine has just processed. */
  add({ running, seq, event, cause }: Transition, { time, order, edges }: TapePosition): void {
    const { events, facts } = this.#reel;
    // The running machine itself is not kept: it holds whatever performs its effects.
    this.#now = running.getSnapshot() as AnyMachineSnapshot;
    events.push(event);
    const causing = cause === undefined ? 0 : this.#recording.numberOf(cause.running);
    facts.push(time, order, edgeLists.numberOf(edges), causing, cause?.seq ?? 0, cause?.effect ?? 0);
    this.#length += 1;
    const bytes = weigh(event);
    this.#bytes += bytes;
    this.#reel.bytes += bytes;
    if (events.length < reelLength) return;
    this.#full.push(this.#reel);
    this.#begin(seq, time);
  }

  /** Starts a reel after the latest transition. */
  #begin(seq: number, time: number): void {
    this.#reel = { first: seq + 1, before: this.#now, time, events: [], facts: [], bytes: 0 };
  }

  /** Drops whole reels, so up to one reel more than `count`. */
  drop(count: number): void {
    const enough = Math.max(0, this.#length - count);
    while (this.#length > enough) {
      const reel = this.#full.shift() ?? this.#reel;
      if (reel === this.#reel) this.#begin(reel.first + reel.events.length - 1, reel.facts.at(-perEvent) ?? reel.time);
      this.#length -= reel.events.length;
      this.#bytes -= reel.bytes;
    }
  }

  *since(seq: number): Generator<DroppedRecord | TransitionRecord> {
    const run = this.#run;
    const plain = this.#recording.plain();
    const reels = [...this.#full, this.#reel];
    const [{ first, before, time }] = reels as [Reel];
    if (before !== undefined && first - 1 > seq)
      yield {
        kind: 'dropped',
        run,
        seq: first - 1,
        time,
        state: before.value as TracedState,
        context: plain(before.context),
      };
    for (const reel of reels) if (reel.first + reel.events.length > seq + 1) yield* this.#read(reel, seq, plain);
  }

  /** The run of a machine by its number, if it is still recorded; 0 stands for none. */
  #causing(number: number): string | undefined {
    const run = runNumbered(number);
    return this.#recording.archive.has(run) ? run : undefined;
  }

  *#read(reel: Reel, seq: number, plain: Plain): Generator<TransitionRecord> {
    const run = this.#run;
    const machine = this.#machine;
    let { before } = reel;
    for (const [index, event] of reel.events.entries()) {
      const { snapshot, effects } =
        before === undefined
          ? begin(machine, (event as { readonly input?: unknown }).input)
          : step<AnyStateMachine>(machine, before, event);
      const own = reel.first + index;
      if (own > seq) {
        const at = index * perEvent;
        const [time = 0, order = 1, edges = 0, causing = 0, causingSeq = 0, effect = 0] = reel.facts.slice(
          at,
          at + perEvent,
        );
        const after = plain(snapshot.context);
        const causingRun = this.#causing(causing);
        yield {
          kind: 'transition',
          run,
          seq: own,
          order,
          time,
          event: plain(event) as Transition['event'],
          ...(causingRun !== undefined && {
            cause: { run: causingRun, seq: causingSeq, effect } satisfies Cause,
          }),
          taken: edgeLists.list(edges),
          state: snapshot.value as TracedState,
          ...(snapshot.status !== 'active' && { status: snapshot.status }),
          effects: plain(effects) as TransitionRecord['effects'],
          context:
            before === undefined
              ? [{ op: 'add', path: '', value: after ?? {} }]
              : differenceOf(plain(before.context), after),
        };
      }
      before = snapshot;
    }
  }
}
