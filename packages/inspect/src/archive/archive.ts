import type { MachineDefinition } from '@sigchart/chart';
import type {
  CoverageRecord,
  DroppedRecord,
  MachineRecord,
  RunRecord,
  RunStatus,
  TracedState,
  TransitionRecord,
} from '../trace/record.ts';
import { type Configuration, Coverage } from './coverage.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Log } from './log.ts';

/** Listener for changes of an archive. */
export interface ArchiveListener {
  /** A run has started, or its state, labels or error have changed. */
  changed(run: string): void;
  /** Runs were removed. */
  forgotten(runs: readonly string[]): void;
}

/** Read access to recorded runs. */
export interface RecordedRuns {
  /** The machines that runs run. */
  machines(): Iterable<MachineRecord>;
  /** Every run in the archive. */
  runs(): Iterable<RunRecord>;
  /** One run, if it is in the archive. */
  run(id: string): RunRecord | undefined;
  /** Records of a run after its transition `seq`; 0 for all. Computed on each call. */
  since(id: string, seq: number): Iterable<DroppedRecord | TransitionRecord>;
  /** Coverage of every machine. */
  coverage(): Iterable<CoverageRecord>;
  /** Calls `listener` from now on. Returns how to end that. */
  listen(listener: ArchiveListener): () => void;
}

/** A run in an archive. Only the archive writes to it. */
export interface StoredRun<Own extends Log = Log> {
  readonly begun: Pick<RunRecord, 'run' | 'machine' | 'time' | 'recorder' | 'parent'>;
  labels: RunRecord['labels'];
  seq: number;
  state: TracedState | undefined;
  since: number;
  status: RunStatus;
  error: string | undefined;
  readonly coverage: Coverage;
  /** Current configuration of its machine. */
  configuration: Configuration;
  /** Its records, without a gap up to `seq`. */
  readonly log: Own;
  /** Size of `log` when it was last measured. */
  bytes: number;
  /** True if the archive has let it go: nothing more is added to it. */
  forgotten: boolean;
}

/** The part of a limit that is dropped at once, so that dropping is rare. */
const share = 0.2;

/** Keeps runs and their transitions within limits, and counts coverage. */
export class Archive<Own extends Log = Log> {
  readonly #limits: Limits;
  readonly #machines = new Map<string, { readonly record: MachineRecord; readonly coverage: Coverage }>();
  readonly #runs = new Map<string, StoredRun<Own>>();
  readonly #listeners = new Set<ArchiveListener>();
  /** Those that have ended, the first to end first. */
  readonly #ended = new Set<StoredRun<Own>>();
  #bytes = 0;

  constructor(limits?: Partial<Limits>) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Current memory use. */
  get size() {
    return { runs: this.#runs.size, ended: this.#ended.size, bytes: this.#bytes };
  }

  /** Makes a machine known. */
  define(hash: string, definition: MachineDefinition): void {
    if (this.#machines.has(hash)) return;
    const record: MachineRecord = { kind: 'machine', hash, definition };
    this.#machines.set(hash, { record, coverage: new Coverage(hash, definition) });
  }

  /** True if the archive has a run. */
  has(run: string): boolean {
    return this.#runs.has(run);
  }

  /** Starts a run of a known machine; `undefined` if the archive is full. */
  open(begun: StoredRun<Own>['begun'], labels: RunRecord['labels'], log: Own): StoredRun<Own> | undefined {
    if (this.#runs.size >= this.#limits.runs) {
      this.#forgetEnded(Math.ceil(this.#ended.size * share));
      if (this.#runs.size >= this.#limits.runs) return undefined;
    }
    const coverage = this.#machines.get(begun.machine)?.coverage;
    if (coverage === undefined) return undefined;
    const kept: StoredRun<Own> = {
      begun,
      labels,
      seq: 0,
      state: undefined,
      since: begun.time,
      status: 'active',
      error: undefined,
      coverage,
      configuration: coverage.nowhere,
      log,
      bytes: 0,
      forgotten: false,
    };
    this.#runs.set(begun.run, kept);
    this.#changed(begun.run);
    return kept;
  }

  /**
   * Adds a transition that is already in the run's log: its time, the new state, the edges taken, the error, and whether the
   * archive receives all transitions of the machine. Called for every transition, so the values are separate parameters instead
   * of an object.
   */
  added(
    kept: StoredRun<Own>,
    time: number,
    state: TracedState,
    status: RunStatus,
    taken: readonly number[],
    error: string | undefined,
    isGapless = false,
  ): void {
    if (kept.forgotten) return;
    kept.seq += 1;
    this.#weigh(kept);
    const { coverage, configuration: before } = kept;
    const after = coverage.move(before, taken, state, time, isGapless);
    let changed = after !== before;
    if (changed) {
      kept.since = time;
      kept.configuration = after;
      kept.state = after.value;
    }
    if (error !== undefined && error !== kept.error) {
      kept.error = error;
      changed = true;
    }
    if (status !== kept.status) {
      this.#end(kept, status, time);
      changed = true;
    }
    if (changed) this.#changed(kept.begun.run);
    this.#keepWithinLimits(kept);
  }

  /** A run continues after `seq`; its log already contains the gap. */
  restarted(kept: StoredRun<Own>, seq: number): void {
    this.#weigh(kept);
    kept.seq = seq;
  }

  /** A run has ended in a way that was no transition. */
  end(kept: StoredRun<Own>, status: RunStatus, time: number): void {
    if (kept.status !== 'active') return;
    this.#end(kept, status, time);
    this.#changed(kept.begun.run);
  }

  #end(kept: StoredRun<Own>, status: RunStatus, time: number): void {
    if (kept.status === 'active' && !kept.forgotten) this.#ended.add(kept);
    kept.status = status;
    kept.configuration = kept.coverage.move(kept.configuration, [], undefined, time);
    if (this.#ended.size > this.#limits.ended) this.#forgetEnded(Math.ceil(this.#limits.ended * share) || 1);
  }

  #keepWithinLimits(kept: StoredRun<Own>): void {
    const { perRun, bytes } = this.#limits;
    if (kept.forgotten) return;
    if (kept.log.length > perRun) this.#drop(kept, Math.max(1, Math.floor(perRun * share)));
    if (this.#bytes <= bytes) return;
    const enough = bytes * (1 - share);
    this.#forgetEnded(this.#ended.size, enough);
    // Those that started first have had most time to be looked at; after a turn they are the last.
    let turns = this.#runs.size;
    for (const [id, oldest] of this.#runs) {
      if (this.#bytes <= enough || turns === 0) return;
      turns -= 1;
      this.#drop(oldest, Math.ceil(oldest.log.length / 2));
      this.#runs.delete(id);
      this.#runs.set(id, oldest);
    }
  }

  #drop(kept: StoredRun<Own>, count: number): void {
    kept.log.drop(count);
    this.#weigh(kept);
  }

  #weigh(kept: StoredRun<Own>): void {
    const { bytes } = kept.log;
    this.#bytes += bytes - kept.bytes;
    kept.bytes = bytes;
  }

  /** Removes ended runs, oldest end first, until `count` are removed or at most `enough` bytes are left. */
  #forgetEnded(count: number, enough = -1): void {
    const gone: string[] = [];
    for (const kept of this.#ended) {
      if (gone.length >= count || this.#bytes <= enough) break;
      this.#forgetOne(kept);
      gone.push(kept.begun.run);
    }
    if (gone.length > 0) for (const listener of this.#listeners) listener.forgotten(gone);
  }

  #forgetOne(kept: StoredRun<Own>): void {
    this.#runs.delete(kept.begun.run);
    kept.forgotten = true;
    this.#bytes -= kept.bytes;
    this.#ended.delete(kept);
  }

  #changed(id: string): void {
    for (const listener of this.#listeners) listener.changed(id);
  }

  /** Calls `listener` from now on. Returns how to end that. */
  listen(listener: ArchiveListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes how a run is now. */
  recordOf({ begun, labels, seq, state, since, status, error }: StoredRun<Own>): RunRecord {
    return {
      kind: 'run',
      ...begun,
      labels,
      seq,
      ...(state !== undefined && { state }),
      since,
      status,
      ...(error !== undefined && { error }),
    };
  }

  /** Reads it. */
  reading(now: () => number): RecordedRuns {
    const run = (id: string) => {
      const kept = this.#runs.get(id);
      return kept && this.recordOf(kept);
    };
    return {
      machines: () => [...this.#machines.values()].map(({ record }) => record),
      runs: () => Array.from(this.#runs.values(), (kept) => this.recordOf(kept)),
      run,
      since: (id, seq) => this.#runs.get(id)?.log.since(seq) ?? [],
      coverage: () => [...this.#machines.values()].map(({ coverage }) => coverage.record(now())),
      listen: (listener) => this.listen(listener),
    };
  }
}
