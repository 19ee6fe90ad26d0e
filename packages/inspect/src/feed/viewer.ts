import type { RecordedSessions } from '../archive/archive.ts';
import { encodeLine } from '../trace/line.ts';
import type { CoverageRecord, TraceRecord } from '../trace/record.ts';
import type { Channel } from './channel.ts';

/** Number of unsent bytes above which a viewer receives nothing more for a while. Bytes. */
const enoughBytes = 1024 * 1024;

/** Number of lines that go into one message. */
const linesAtOnce = 200;

/** Budget of steps for a period of time: to read a transition, its machine is stepped, on the main thread. */
export interface Allowance {
  transitions: number;
}

/** Number of transitions that are read at a time, for all viewers. */
export const readAtOnce = 500;

/** Transitions of one session, one after another. */
interface Stretch {
  readonly lines: readonly string[];
  /** The last of them. */
  readonly seq: number;
}

/** Results shared by several viewers at the same moment. */
export interface Moment {
  readonly session: (id: string) => string | undefined;
  /** Next records after a transition of a session, within the budget. */
  readonly since: (id: string, seq: number) => Stretch;
  readonly machines: readonly (readonly [hash: string, line: string])[];
  readonly coverage: readonly CoverageRecord[];
}

function stretchOf(recorded: RecordedSessions, id: string, after: number, allowance: Allowance): Stretch {
  const lines: string[] = [];
  let seq = after;
  if (allowance.transitions > 0)
    for (const record of recorded.since(id, after)) {
      lines.push(encodeLine(record));
      seq = record.seq;
      allowance.transitions -= 1;
      if (allowance.transitions <= 0) break;
    }
  return { lines, seq };
}

/** Reads for all viewers what one moment has, within what is allowed. */
export function momentOf(recorded: RecordedSessions, allowance: Allowance): Moment {
  const sessions = new Map<string, string | undefined>();
  const stretches = new Map<string, Stretch>();
  const remembered = <Value>(known: Map<string, Value>, key: string, make: () => Value): Value => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as Value;
  };
  let machines: Moment['machines'] | undefined;
  let coverage: readonly CoverageRecord[] | undefined;
  return {
    session: (id) =>
      remembered(sessions, id, () => {
        const record = recorded.session(id);
        return record && encodeLine(record);
      }),
    since: (id, seq) => remembered(stretches, `${seq} ${id}`, () => stretchOf(recorded, id, seq, allowance)),
    get machines() {
      machines ??= Array.from(recorded.machines(), (record) => [record.hash, encodeLine(record)] as const);
      return machines;
    },
    get coverage() {
      coverage ??= [...recorded.coverage()];
      return coverage;
    },
  };
}

const taken = ({ edges, entered }: CoverageRecord) => [...edges, ...entered].reduce((total, count) => total + count, 0);

/** A viewer of a feed. Pending changes are noted, not serialized: a slow viewer skips intermediate states and uses no more memory. */
export class Viewer {
  readonly #channel: Channel;
  readonly #recorded: RecordedSessions;
  readonly #told = new Set<string>();
  readonly #coverage = new Map<string, number>();
  /** Sessions with pending changes. */
  readonly #changed: Set<string>;
  #forgotten: string[] = [];
  /** Sequence number of the last transition sent of each watched session. */
  #watched = new Map<string, number>();
  readonly #watchesAll: boolean;
  #lines: string[] = [];

  constructor(channel: Channel, recorded: RecordedSessions, header: TraceRecord, watchesAll: boolean) {
    this.#channel = channel;
    this.#recorded = recorded;
    this.#watchesAll = watchesAll;
    this.#lines.push(encodeLine(header));
    this.#changed = new Set(Array.from(recorded.sessions(), ({ session }) => session));
    if (watchesAll) for (const session of this.#changed) this.#watched.set(session, 0);
  }

  /** True if so much is unsent that nothing more is sent now. */
  get isFull(): boolean {
    return this.#channel.bufferedAmount > enoughBytes;
  }

  /** Watches these sessions and no others. */
  watch(sessions: readonly string[]): void {
    this.#watched = new Map(sessions.map((session) => [session, this.#watched.get(session) ?? 0]));
  }

  /** A session has changed. */
  changed(session: string): void {
    this.#changed.add(session);
    if (this.#watchesAll && !this.#watched.has(session)) this.#watched.set(session, 0);
  }

  /** Sessions were removed. */
  forgotten(sessions: readonly string[]): void {
    for (const session of sessions) {
      this.#changed.delete(session);
      this.#watched.delete(session);
      this.#forgotten.push(session);
    }
  }

  /** Sends the transitions of watched sessions. */
  tellTransitions(moment: Moment): void {
    for (const [session, told] of this.#watched) {
      if (this.isFull) return;
      const seq = this.#recorded.session(session)?.seq ?? told;
      if (seq <= told) continue;
      if (this.#changed.has(session)) this.#tellSession(session, moment);
      const stretch = moment.since(session, told);
      for (const line of stretch.lines) this.#say(line);
      this.#watched.set(session, stretch.seq);
    }
    this.#flush();
  }

  /** Sends changed sessions, and the ids of removed ones. */
  tellSessions(moment: Moment): void {
    if (this.#forgotten.length > 0) {
      this.#say(encodeLine({ kind: 'forgotten', sessions: this.#forgotten }));
      this.#forgotten = [];
    }
    for (const session of this.#changed) {
      if (this.isFull) return;
      this.#tellSession(session, moment);
    }
    this.#flush();
  }

  /** Sends the coverage that has changed. */
  tellCoverage(moment: Moment): void {
    if (this.isFull) return;
    this.#tellMachines(moment);
    for (const record of moment.coverage) {
      const total = taken(record);
      if (this.#coverage.get(record.machine) === total) continue;
      this.#coverage.set(record.machine, total);
      this.#say(encodeLine(record));
    }
    this.#flush();
  }

  #tellMachines(moment: Moment): void {
    if (this.#told.size === moment.machines.length) return;
    for (const [hash, line] of moment.machines) {
      if (this.#told.has(hash)) continue;
      this.#told.add(hash);
      this.#say(line);
    }
  }

  #tellSession(session: string, moment: Moment): void {
    this.#changed.delete(session);
    this.#tellMachines(moment);
    const line = moment.session(session);
    if (line !== undefined) this.#say(line);
  }

  #say(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= linesAtOnce) this.#flush();
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#channel.send(this.#lines.join('\n'));
    this.#lines = [];
  }
}
