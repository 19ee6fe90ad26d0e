import type { AnyActorRef, InspectionEvent } from 'xstate';
import { Archive, type Kept, type Recorded } from '../archive/archive.ts';
import type { Limits } from '../archive/limits.ts';
import type { Defined } from '../definition/definitionOf.ts';
import { differenceOf } from '../trace/difference.ts';
import { plainWith } from '../trace/plain.ts';
import {
  type Cause,
  type DroppedRecord,
  type SessionRecord,
  type SessionStatus,
  type TracedState,
  type TraceLine,
  type TraceRecord,
  type TransitionRecord,
  traceVersion,
} from '../trace/record.ts';
import { type SecretOptions, secrets } from '../trace/secret.ts';
import { inspectorOf } from './actor.ts';
import { type ObservedTransition, observerOf } from './observer.ts';

/** How to record. */
export interface RecorderOptions {
  /** Who records, for people. Default `recorder`. */
  readonly name?: string;
  /** The time. Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** What is removed besides what always is. */
  readonly secrets?: SecretOptions;
  /** How much is kept. */
  readonly limits?: Partial<Limits>;
}

/** Records what machines do, within limits. */
export interface Recorder extends Recorded {
  /** What a file or a feed of it begins with. */
  readonly header: TraceRecord;
  /**
   * Makes a listener for `observe` of a signalling server or of a client. One for each of them.
   *
   * @param labels - What to add to the labels of their sessions.
   */
  observer(labels?: SessionRecord['labels']): (transition: ObservedTransition) => void;
  /** A listener for `inspect` of XState's `createActor`: records the actor and every one that it spawns. */
  readonly inspect: (inspection: InspectionEvent) => void;
  /** Records an actor that exists already, and every one of its system, from now on. Returns how to end that. */
  record(actor: AnyActorRef): () => void;
  /** Everything that is kept, or some sessions of it, as the lines of a file. */
  trace(sessions?: Iterable<string>): Iterable<TraceLine>;
}

/** One transition as it was seen: objects that others hold too. It becomes a record when somebody reads it. */
interface Seen {
  readonly seq: number;
  readonly time: number;
  readonly event: { readonly type: string };
  readonly state: TracedState;
  readonly status: SessionStatus;
  readonly context: unknown;
  readonly effects: readonly { readonly type: string }[];
  readonly taken: readonly number[];
  /**
   * The place of the event, then of each effect; or that of the event alone, as long as the effects follow it one by one. They
   * nearly always do, and a list more for each transition is a list more to keep.
   */
  readonly order: number | readonly number[];
  /** Whose effect it was that was being performed, and the place of the effect. */
  readonly cause: { readonly actor: object; readonly place: number } | undefined;
}

/** What those that observe write to. */
export interface Recording {
  /** The session of an actor, begun if it is new; `undefined` when there was no room as it began. */
  open(actor: object, defined: Defined, begun: Begun): Kept<Seen> | undefined;
  /** The session of an actor. */
  of(actor: object): Kept<Seen> | undefined;
  readonly archive: Archive<Seen>;
  readonly now: () => number;
  /** A value as JSON without secrets, for those that cannot rely on it staying as it is. */
  readonly plain: (value: unknown) => unknown;
}

/** What is said of a session as it begins. */
interface Begun {
  readonly labels: SessionRecord['labels'];
  readonly parent?: object | undefined;
}

/** The place of the event. */
const heardAt = ({ order, seq }: Seen): number => (typeof order === 'number' ? order : (order[0] ?? seq));

/** The index of the effect that was performed at a place; -1 if none was. */
function effectAt({ order, effects }: Seen, place: number): number {
  if (typeof order !== 'number') return order.indexOf(place) - 1;
  return place - order <= effects.length ? place - order - 1 : -1;
}

const entryBytes = 1_000;

/**
 * An event's texts are what can be large: session descriptions and what applications add. This is done for each transition,
 * so it makes no list of an object's values.
 */
function weigh({ event }: Seen): number {
  const fields = event as Readonly<Record<string, unknown>>;
  let bytes = entryBytes;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') bytes += value.length;
    else if (typeof value === 'object' && value !== null) bytes += textsIn(value as typeof fields);
  }
  return bytes;
}

function textsIn(fields: Readonly<Record<string, unknown>>): number {
  let length = 0;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') length += value.length;
  }
  return length;
}

/** Makes a {@link Recorder}. */
export function createRecorder(options: RecorderOptions = {}): Recorder {
  const { name = 'recorder', now = Date.now } = options;
  const clean = secrets(options.secrets);
  const archive = new Archive<Seen>({ limits: options.limits, weigh, fold: (_, entry) => entry });
  /** `undefined` for those that there was no room for: they are not begun in the middle. */
  const sessions = new WeakMap<object, Kept<Seen> | undefined>();
  let opened = 0;

  const recording: Recording = {
    archive,
    now,
    plain: (value) => plainWith(clean)(value),
    of: (actor) => sessions.get(actor),
    open(actor, { hash, definition }, { labels, parent }) {
      if (sessions.has(actor)) return sessions.get(actor);
      archive.define(hash, definition);
      const starter = parent && sessions.get(parent)?.begun.session;
      const kept = archive.open(
        {
          session: `s${opened + 1}`,
          machine: hash,
          time: now(),
          source: name,
          ...(starter !== undefined && { parent: starter }),
        },
        labels,
      );
      if (kept !== undefined) opened += 1;
      sessions.set(actor, kept);
      return kept;
    },
  };

  const causeOf = ({ cause }: Seen): { readonly cause?: Cause } => {
    const kept = cause && sessions.get(cause.actor);
    if (cause === undefined || kept === undefined) return {};
    const entry = kept.entries.findLast((each) => heardAt(each) <= cause.place);
    if (entry === undefined) return {};
    const effect = effectAt(entry, cause.place);
    return { cause: { session: kept.begun.session, seq: entry.seq, ...(effect >= 0 && { effect }) } };
  };

  function* since(id: string, seq: number): Generator<DroppedRecord | TransitionRecord> {
    const kept = archive.get(id);
    if (kept === undefined) return;
    const plain = plainWith(clean);
    const { dropped, entries } = kept;
    const first = (dropped?.seq ?? 0) + 1;
    if (dropped !== undefined && dropped.seq > seq) {
      const { seq, time, state, context } = dropped;
      yield { kind: 'dropped', session: id, seq, time, state, context: plain(context) };
    }
    const from = Math.max(0, seq + 1 - first);
    const previous = from === 0 ? dropped : entries[from - 1];
    let before = previous && plain(previous.context);
    for (const entry of entries.slice(from)) {
      const { seq, time, event, state, status, effects, taken } = entry;
      const after = plain(entry.context);
      yield {
        kind: 'transition',
        session: id,
        seq,
        order: heardAt(entry),
        time,
        event: plain(event) as { type: string },
        ...causeOf(entry),
        taken,
        state,
        ...(status !== 'active' && { status }),
        effects: plain(effects) as { type: string }[],
        context: seq === 1 ? [{ op: 'add', path: '', value: after ?? {} }] : differenceOf(before, after),
      };
      before = after;
    }
  }

  const header: TraceRecord = { kind: 'trace', version: traceVersion, name, time: now() };
  const recorded = archive.reading(since, now);
  const inspect = inspectorOf(recording);
  return {
    ...recorded,
    header,
    observer: (labels = {}) => observerOf(recording, labels),
    inspect,
    record(actor) {
      const subscription = actor.system.inspect(inspect);
      return () => subscription.unsubscribe();
    },
    *trace(ids) {
      const wanted = ids === undefined ? Array.from(recorded.sessions(), ({ session }) => session) : [...ids];
      const records = wanted.flatMap((id) => recorded.session(id) ?? []);
      const hashes = new Set(records.map(({ machine }) => machine));
      yield header;
      for (const machine of recorded.machines()) if (hashes.has(machine.hash)) yield machine;
      for (const record of records) {
        yield record;
        yield* since(record.session, 0);
      }
    },
  };
}
