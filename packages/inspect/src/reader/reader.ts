import type { MachineDefinition } from '@sigchart/chart';
import type {
  CoverageRecord,
  DroppedRecord,
  RunRecord,
  TraceLine,
  TraceRecord,
  TransitionRecord,
} from '../trace/record.ts';

/** Records read of one run. */
export interface ReadRun {
  /** The run after all read records. A new object after every change. */
  readonly record: RunRecord;
  /** Record of the dropped transitions, if there are any. */
  readonly dropped: DroppedRecord | undefined;
  /** Transitions in order. Additions create a new array. */
  readonly transitions: readonly TransitionRecord[];
}

/** Puts the lines of a trace, or of a feed, together. */
export interface Reader {
  /** Reads more lines, in portions of any size. A transition that was read before is ignored. */
  read(lines: Iterable<TraceLine>): void;
  /** Lets go of the transitions of a run, which stays listed. */
  release(run: string): void;
  /** Header of the trace. */
  readonly trace: TraceRecord | undefined;
  /** Machines by hash. */
  readonly machines: ReadonlyMap<string, MachineDefinition>;
  /** Runs by id, in order of their first record. */
  readonly runs: ReadonlyMap<string, ReadRun>;
  /** Coverage of each machine by hash, as sent by a feed. Empty for a file: see `coverageOf`. */
  readonly coverage: ReadonlyMap<string, CoverageRecord>;
}

/**
 * Makes a {@link Reader} that has read nothing yet.
 *
 * @example
 * ```ts
 * const reader = createReader();
 * reader.read(decodeLines(text).records);
 * ```
 */
export function createReader(): Reader {
  const machines = new Map<string, MachineDefinition>();
  const runs = new Map<string, ReadRun>();
  const coverage = new Map<string, CoverageRecord>();
  let trace: TraceRecord | undefined;
  /** The runs whose array has not been handed out yet, so it may be changed in place. */
  let own = new Map<string, TransitionRecord[]>();

  const run = (record: RunRecord) => {
    const before = runs.get(record.run);
    if (before === undefined) runs.set(record.run, { record, dropped: undefined, transitions: [] });
    else if (record.seq >= before.record.seq) runs.set(record.run, { ...before, record });
  };

  const transition = (record: TransitionRecord) => {
    const before = runs.get(record.run);
    const last = before?.transitions.at(-1)?.seq ?? before?.dropped?.seq ?? 0;
    if (before === undefined || record.seq <= last) return;
    const transitions = own.get(record.run) ?? [...before.transitions];
    own.set(record.run, transitions);
    transitions.push(record);
    const now = before.record;
    const { seq, state, status = 'active', time } = record;
    const since = JSON.stringify(now.state) === JSON.stringify(state) ? now.since : time;
    // A feed sends runs separately from their transitions, and may be ahead of them.
    const current = seq > now.seq ? { ...now, seq, state, status, since } : now;
    runs.set(record.run, { ...before, record: current, transitions });
  };

  const dropped = (record: DroppedRecord) => {
    const before = runs.get(record.run);
    if (before === undefined) return;
    own.delete(record.run);
    const transitions = before.transitions.filter(({ seq }) => seq > record.seq);
    runs.set(record.run, { ...before, dropped: record, transitions });
  };

  const readLine = (line: TraceLine) => {
    switch (line.kind) {
      case 'trace':
        trace ??= line;
        break;
      case 'machine':
        machines.set(line.hash, line.definition);
        break;
      case 'run':
        run(line);
        break;
      case 'transition':
        transition(line);
        break;
      case 'dropped':
        dropped(line);
        break;
      case 'coverage':
        coverage.set(line.machine, line);
        break;
      case 'forgotten':
        for (const id of line.runs) runs.delete(id);
    }
  };

  return {
    read(lines) {
      own = new Map();
      for (const line of lines) readLine(line);
    },
    release(id) {
      const before = runs.get(id);
      if (before !== undefined) runs.set(id, { ...before, dropped: undefined, transitions: [] });
    },
    get trace() {
      return trace;
    },
    machines,
    runs,
    coverage,
  };
}
