import { hashOf } from '@sigchart/chart';
import { Archive, type RecordedRuns, type StoredRun } from '../archive/archive.ts';
import type { Limits } from '../archive/limits.ts';
import { Entries, type Entry, type Log } from '../archive/log.ts';
import { patched } from '../trace/difference.ts';
import { decodeLines } from '../trace/line.ts';
import type { DroppedRecord, MachineRecord, RunRecord, TraceLine, TransitionRecord } from '../trace/record.ts';
import type { FeedEnd } from './channel.ts';

/** Maximum number of machines of one client. */
const maxMachines = 50;

/** Number of runs of one client that may run at once. */
const maxRuns = 1_000;

/** Default limits for what clients push. */
const defaultPushed: Partial<Limits> = { ended: 500, runs: 5_000, bytes: 32 * 1024 * 1024 };

interface PushedTransition extends Entry {
  readonly record: TransitionRecord;
}

/** Records of one run that a client has pushed. */
class SentLog extends Entries<PushedTransition, DroppedRecord> implements Log {
  constructor() {
    super((before, { record: { run, seq, time, state, context } }) => ({
      kind: 'dropped',
      run,
      seq,
      time,
      state,
      context: patched(before?.context, context),
    }));
  }

  *since(seq: number): Generator<DroppedRecord | TransitionRecord> {
    const { dropped } = this;
    if (dropped !== undefined && dropped.seq > seq) yield dropped;
    for (const { record } of this.after(seq).entries) yield record;
  }
}

/** Runs pushed by clients. */
export interface Pushed {
  /** Takes in one more client's trace. */
  open(): FeedEnd;
  readonly recorded: RecordedRuns;
}

/** Creates the store of pushed runs. Invalid records, and records out of order, are ignored. */
export function createPushed(limits?: Partial<Limits>): Pushed {
  const archive = new Archive<SentLog>({ ...defaultPushed, ...limits });
  let opened = 0;

  return {
    recorded: archive.reading(Date.now),
    open() {
      opened += 1;
      const prefix = `c${opened}.`;
      const machines = new Set<string>();
      const runs = new Map<string, StoredRun<SentLog>>();
      let name = 'client';

      const define = ({ hash, definition }: MachineRecord) => {
        if (machines.size >= maxMachines || hashOf(definition) !== hash) return;
        machines.add(hash);
        archive.define(hash, definition);
      };

      const run = (record: RunRecord) => {
        const known = runs.get(record.run);
        if (known !== undefined) {
          known.labels = record.labels;
          known.error = record.error;
          return;
        }
        const { machine, time, labels, parent } = record;
        if (!machines.has(machine) || runs.size >= maxRuns) return;
        const begun = {
          run: `${prefix}${record.run}`,
          machine,
          time,
          recorder: name,
          ...(parent !== undefined && { parent: `${prefix}${parent}` }),
        };
        const kept = archive.open(begun, labels, new SentLog());
        if (kept !== undefined) runs.set(record.run, kept);
      };

      const transition = (record: TransitionRecord) => {
        const kept = runs.get(record.run);
        if (kept === undefined || kept.forgotten || record.seq !== kept.seq + 1) return;
        const { time, state, status = 'active', taken, cause } = record;
        const named: TransitionRecord = {
          ...record,
          run: kept.begun.run,
          ...(cause !== undefined && { cause: { ...cause, run: `${prefix}${cause.run}` } }),
        };
        kept.log.add({ record: named, bytes: JSON.stringify(record).length });
        archive.added(kept, time, state, status, taken, kept.error);
        if (status !== 'active') runs.delete(record.run);
      };

      const dropped = (record: DroppedRecord) => {
        const { run, seq } = record;
        const kept = runs.get(run);
        if (kept === undefined || kept.forgotten || seq <= kept.seq) return;
        kept.log.restart({ ...record, run: kept.begun.run });
        archive.restarted(kept, seq);
      };

      const read = (line: TraceLine) => {
        switch (line.kind) {
          case 'trace':
            name = line.name;
            break;
          case 'machine':
            define(line);
            break;
          case 'run':
            run(line);
            break;
          case 'transition':
            transition(line);
            break;
          case 'dropped':
            dropped(line);
        }
      };

      return {
        received(text) {
          for (const line of decodeLines(text).records) read(line);
        },
        left() {
          for (const kept of runs.values()) archive.end(kept, 'stopped', Date.now());
          runs.clear();
        },
      };
    },
  };
}
