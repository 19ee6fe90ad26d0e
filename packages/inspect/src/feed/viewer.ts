import type { RecordedRuns } from '../archive/archive.ts';
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

/** Transitions of one run, one after another. */
interface Stretch {
  readonly lines: readonly string[];
  /** The last of them. */
  readonly seq: number;
}

/** Results shared by several viewers at the same moment. */
export interface Moment {
  readonly run: (id: string) => string | undefined;
  /** Next records after a transition of a run, within the budget. */
  readonly since: (id: string, seq: number) => Stretch;
  readonly machines: readonly (readonly [hash: string, line: string])[];
  readonly coverage: readonly CoverageRecord[];
}

function stretchOf(recorded: RecordedRuns, id: string, after: number, allowance: Allowance): Stretch {
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
export function momentOf(recorded: RecordedRuns, allowance: Allowance): Moment {
  const runs = new Map<string, string | undefined>();
  const stretches = new Map<string, Stretch>();
  const remembered = <Value>(known: Map<string, Value>, key: string, make: () => Value): Value => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as Value;
  };
  let machines: Moment['machines'] | undefined;
  let coverage: readonly CoverageRecord[] | undefined;
  return {
    run: (id) =>
      remembered(runs, id, () => {
        const record = recorded.run(id);
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
  readonly #recorded: RecordedRuns;
  readonly #told = new Set<string>();
  readonly #coverage = new Map<string, number>();
  /** Runs with pending changes. */
  readonly #changed: Set<string>;
  #forgotten: string[] = [];
  /** Sequence number of the last transition sent of each watched run. */
  #watched = new Map<string, number>();
  readonly #watchesAll: boolean;
  #lines: string[] = [];

  constructor(channel: Channel, recorded: RecordedRuns, header: TraceRecord, watchesAll: boolean) {
    this.#channel = channel;
    this.#recorded = recorded;
    this.#watchesAll = watchesAll;
    this.#lines.push(encodeLine(header));
    this.#changed = new Set(Array.from(recorded.runs(), ({ run }) => run));
    if (watchesAll) for (const run of this.#changed) this.#watched.set(run, 0);
  }

  /** True if so much is unsent that nothing more is sent now. */
  get isFull(): boolean {
    return this.#channel.bufferedAmount > enoughBytes;
  }

  /** Watches these runs and no others. */
  watch(runs: readonly string[]): void {
    this.#watched = new Map(runs.map((run) => [run, this.#watched.get(run) ?? 0]));
  }

  /** A run has changed. */
  changed(run: string): void {
    this.#changed.add(run);
    if (this.#watchesAll && !this.#watched.has(run)) this.#watched.set(run, 0);
  }

  /** Runs were removed. */
  forgotten(runs: readonly string[]): void {
    for (const run of runs) {
      this.#changed.delete(run);
      this.#watched.delete(run);
      this.#forgotten.push(run);
    }
  }

  /** Sends the transitions of watched runs. */
  tellTransitions(moment: Moment): void {
    for (const [run, told] of this.#watched) {
      if (this.isFull) return;
      const seq = this.#recorded.run(run)?.seq ?? told;
      if (seq <= told) continue;
      if (this.#changed.has(run)) this.#tellRun(run, moment);
      const stretch = moment.since(run, told);
      for (const line of stretch.lines) this.#say(line);
      this.#watched.set(run, stretch.seq);
    }
    this.#flush();
  }

  /** Sends changed runs, and the ids of removed ones. */
  tellRuns(moment: Moment): void {
    if (this.#forgotten.length > 0) {
      this.#say(encodeLine({ kind: 'forgotten', runs: this.#forgotten }));
      this.#forgotten = [];
    }
    for (const run of this.#changed) {
      if (this.isFull) return;
      this.#tellRun(run, moment);
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

  #tellRun(run: string, moment: Moment): void {
    this.#changed.delete(run);
    this.#tellMachines(moment);
    const line = moment.run(run);
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
