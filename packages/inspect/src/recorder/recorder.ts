import type { ObservedMachine } from '@sigchart/core/session';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { Archive, type RecordedRuns } from '../archive/archive.ts';
import type { Limits } from '../archive/limits.ts';
import { plainWith } from '../trace/plain.ts';
import { type RunRecord, type TraceLine, type TraceRecord, traceVersion } from '../trace/record.ts';
import { type SecretOptions, secrets } from '../trace/secret.ts';
import { inspectorOf } from './actor.ts';
import { type Observer, observerOf } from './observer.ts';
import type { Recording } from './recording.ts';

/** Options to record. */
export interface RecorderOptions {
  /** Name of the recorder, for people. Default `recorder`. */
  readonly name?: string;
  /** The time. Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Values to remove besides the default ones. */
  readonly secrets?: SecretOptions;
  /** Limits of the archive. */
  readonly limits?: Partial<Limits>;
}

/** Records what machines do, within limits. */
export interface Recorder extends RecordedRuns {
  /** First record of its files and feeds. */
  readonly header: TraceRecord;
  /**
   * Creates an observer for one signalling server or client.
   *
   * @param labels - Added to the labels of its runs.
   */
  observer(labels?: RunRecord['labels']): Observer;
  /** A listener for `inspect` of XState's `createActor`: records the actor and every one that it spawns. */
  readonly inspect: (inspection: InspectionEvent) => void;
  /** Records an actor that exists already, and every one of its system, from now on. Returns how to end that. */
  record(actor: AnyActorRef): () => void;
  /** All records, or those of some runs, as the lines of a file. */
  trace(runs?: Iterable<string>): Iterable<TraceLine>;
}

/**
 * Makes a {@link Recorder}.
 *
 * @example
 * ```ts
 * const recorder = createRecorder();
 * const server = createSignallingServer({ media, observe: recorder.observer() });
 * const trace = recorder.trace();
 * ```
 */
export function createRecorder(options: RecorderOptions = {}): Recorder {
  const { name = 'recorder', now = Date.now } = options;
  const clean = secrets(options.secrets);
  const archive = new Archive(options.limits);
  /** Weak, as a machine that runs holds whatever performs its effects. */
  const numbers = new WeakMap<ObservedMachine, number>();
  let opened = 0;
  let order = 0;

  const recording: Recording = {
    archive,
    now,
    plain: () => plainWith(clean),
    numberOf: (running) => numbers.get(running) ?? 0,
    number(running) {
      opened += 1;
      numbers.set(running, opened);
      return opened;
    },
    nextOrder() {
      order += 1;
      return order;
    },
    open({ run, defined: { hash, definition }, labels, parent, log }) {
      archive.define(hash, definition);
      const begun = {
        run,
        machine: hash,
        time: now(),
        recorder: name,
        ...(parent !== undefined && { parent }),
      };
      return archive.open(begun, labels, log);
    },
  };

  const header: TraceRecord = { kind: 'trace', version: traceVersion, name, time: now() };
  const recorded = archive.reading(now);
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
      const wanted = ids === undefined ? Array.from(recorded.runs(), ({ run }) => run) : [...ids];
      const records = wanted.flatMap((id) => recorded.run(id) ?? []);
      const hashes = new Set(records.map(({ machine }) => machine));
      yield header;
      for (const machine of recorded.machines()) if (hashes.has(machine.hash)) yield machine;
      for (const record of records) {
        yield record;
        yield* recorded.since(record.run, 0);
      }
    },
  };
}
