import type { MachineDefinition } from '@sigchart/chart';
import type {
  CoverageRecord,
  DroppedRecord,
  SessionRecord,
  TraceLine,
  TraceRecord,
  TransitionRecord,
} from '../trace/record.ts';

/** Records read of one session. */
export interface ReadSession {
  /** The session after all read records. A new object after every change. */
  readonly record: SessionRecord;
  /** Record of the dropped transitions, if there are any. */
  readonly dropped: DroppedRecord | undefined;
  /** Transitions in order. Additions create a new array. */
  readonly transitions: readonly TransitionRecord[];
}

/** Puts the lines of a trace, or of a feed, together. */
export interface Reader {
  /** Reads more lines, in portions of any size. A transition that was read before is ignored. */
  read(lines: Iterable<TraceLine>): void;
  /** Lets go of the transitions of a session, which stays listed. */
  release(session: string): void;
  /** Header of the trace. */
  readonly trace: TraceRecord | undefined;
  /** Machines by hash. */
  readonly machines: ReadonlyMap<string, MachineDefinition>;
  /** Sessions by id, in order of their first record. */
  readonly sessions: ReadonlyMap<string, ReadSession>;
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
  const sessions = new Map<string, ReadSession>();
  const coverage = new Map<string, CoverageRecord>();
  let trace: TraceRecord | undefined;
  /** The sessions whose array has not been handed out yet, so it may be changed in place. */
  let own = new Map<string, TransitionRecord[]>();

  const session = (record: SessionRecord) => {
    const before = sessions.get(record.session);
    if (before === undefined) sessions.set(record.session, { record, dropped: undefined, transitions: [] });
    else if (record.seq >= before.record.seq) sessions.set(record.session, { ...before, record });
  };

  const transition = (record: TransitionRecord) => {
    const before = sessions.get(record.session);
    const last = before?.transitions.at(-1)?.seq ?? before?.dropped?.seq ?? 0;
    if (before === undefined || record.seq <= last) return;
    const transitions = own.get(record.session) ?? [...before.transitions];
    own.set(record.session, transitions);
    transitions.push(record);
    const now = before.record;
    const { seq, state, status = 'active', time } = record;
    const since = JSON.stringify(now.state) === JSON.stringify(state) ? now.since : time;
    // A feed sends sessions separately from their transitions, and may be ahead of them.
    const current = seq > now.seq ? { ...now, seq, state, status, since } : now;
    sessions.set(record.session, { ...before, record: current, transitions });
  };

  const dropped = (record: DroppedRecord) => {
    const before = sessions.get(record.session);
    if (before === undefined) return;
    own.delete(record.session);
    const transitions = before.transitions.filter(({ seq }) => seq > record.seq);
    sessions.set(record.session, { ...before, dropped: record, transitions });
  };

  const readLine = (line: TraceLine) => {
    switch (line.kind) {
      case 'trace':
        trace ??= line;
        break;
      case 'machine':
        machines.set(line.hash, line.definition);
        break;
      case 'session':
        session(line);
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
        for (const id of line.sessions) sessions.delete(id);
    }
  };

  return {
    read(lines) {
      own = new Map();
      for (const line of lines) readLine(line);
    },
    release(id) {
      const before = sessions.get(id);
      if (before !== undefined) sessions.set(id, { ...before, dropped: undefined, transitions: [] });
    },
    get trace() {
      return trace;
    },
    machines,
    sessions,
    coverage,
  };
}
