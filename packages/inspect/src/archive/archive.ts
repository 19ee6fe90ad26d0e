import type { MachineDefinition } from '@sigchart/chart';
import type {
  CoverageRecord,
  DroppedRecord,
  MachineRecord,
  SessionRecord,
  SessionStatus,
  TracedState,
  TransitionRecord,
} from '../trace/record.ts';
import { type Configuration, Coverage } from './coverage.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Log } from './log.ts';

/** Listener for changes of an archive. */
export interface ArchiveListener {
  /** A session has started, or its state, labels or error have changed. */
  changed(session: string): void;
  /** Sessions were removed. */
  forgotten(sessions: readonly string[]): void;
}

/** Read access to recorded sessions. */
export interface RecordedSessions {
  /** The machines that sessions run. */
  machines(): Iterable<MachineRecord>;
  /** Every session in the archive. */
  sessions(): Iterable<SessionRecord>;
  /** One session, if it is in the archive. */
  session(id: string): SessionRecord | undefined;
  /** Records of a session after its transition `seq`; 0 for all. Computed on each call. */
  since(id: string, seq: number): Iterable<DroppedRecord | TransitionRecord>;
  /** Coverage of every machine. */
  coverage(): Iterable<CoverageRecord>;
  /** Calls `listener` from now on. Returns how to end that. */
  listen(listener: ArchiveListener): () => void;
}

/** A session in an archive. Only the archive writes to it. */
export interface StoredSession<Own extends Log = Log> {
  readonly begun: Pick<SessionRecord, 'session' | 'machine' | 'time' | 'source' | 'parent'>;
  labels: SessionRecord['labels'];
  seq: number;
  state: TracedState | undefined;
  since: number;
  status: SessionStatus;
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

/** Keeps sessions and their transitions within limits, and counts coverage. */
export class Archive<Own extends Log = Log> {
  readonly #limits: Limits;
  readonly #machines = new Map<string, { readonly record: MachineRecord; readonly coverage: Coverage }>();
  readonly #sessions = new Map<string, StoredSession<Own>>();
  readonly #listeners = new Set<ArchiveListener>();
  /** Those that have ended, the first to end first. */
  readonly #ended = new Set<StoredSession<Own>>();
  #bytes = 0;

  constructor(limits?: Partial<Limits>) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Current memory use. */
  get size() {
    return { sessions: this.#sessions.size, ended: this.#ended.size, bytes: this.#bytes };
  }

  /** Makes a machine known. */
  define(hash: string, definition: MachineDefinition): void {
    if (this.#machines.has(hash)) return;
    const record: MachineRecord = { kind: 'machine', hash, definition };
    this.#machines.set(hash, { record, coverage: new Coverage(hash, definition) });
  }

  /** True if the archive has a session. */
  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Starts a session of a known machine; `undefined` if the archive is full. */
  open(begun: StoredSession<Own>['begun'], labels: SessionRecord['labels'], log: Own): StoredSession<Own> | undefined {
    if (this.#sessions.size >= this.#limits.sessions) {
      this.#forgetEnded(Math.ceil(this.#ended.size * share));
      if (this.#sessions.size >= this.#limits.sessions) return undefined;
    }
    const coverage = this.#machines.get(begun.machine)?.coverage;
    if (coverage === undefined) return undefined;
    const kept: StoredSession<Own> = {
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
    this.#sessions.set(begun.session, kept);
    this.#changed(begun.session);
    return kept;
  }

  /**
   * Adds a transition that is already in the session's log: its time, the new state, the edges taken, the error, and whether the
   * archive receives all transitions of the machine. Called for every transition, so the values are separate parameters instead
   * of an object.
   */
  added(
    kept: StoredSession<Own>,
    time: number,
    state: TracedState,
    status: SessionStatus,
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
    if (changed) this.#changed(kept.begun.session);
    this.#keepWithinLimits(kept);
  }

  /** A session continues after `seq`; its log already contains the gap. */
  restarted(kept: StoredSession<Own>, seq: number): void {
    this.#weigh(kept);
    kept.seq = seq;
  }

  /** A session has ended in a way that was no transition. */
  end(kept: StoredSession<Own>, status: SessionStatus, time: number): void {
    if (kept.status !== 'active') return;
    this.#end(kept, status, time);
    this.#changed(kept.begun.session);
  }

  #end(kept: StoredSession<Own>, status: SessionStatus, time: number): void {
    if (kept.status === 'active' && !kept.forgotten) this.#ended.add(kept);
    kept.status = status;
    kept.configuration = kept.coverage.move(kept.configuration, [], undefined, time);
    if (this.#ended.size > this.#limits.ended) this.#forgetEnded(Math.ceil(this.#limits.ended * share) || 1);
  }

  #keepWithinLimits(kept: StoredSession<Own>): void {
    const { perSession, bytes } = this.#limits;
    if (kept.forgotten) return;
    if (kept.log.length > perSession) this.#drop(kept, Math.max(1, Math.floor(perSession * share)));
    if (this.#bytes <= bytes) return;
    const enough = bytes * (1 - share);
    this.#forgetEnded(this.#ended.size, enough);
    // Those that started first have had most time to be looked at; after a turn they are the last.
    let turns = this.#sessions.size;
    for (const [id, oldest] of this.#sessions) {
      if (this.#bytes <= enough || turns === 0) return;
      turns -= 1;
      this.#drop(oldest, Math.ceil(oldest.log.length / 2));
      this.#sessions.delete(id);
      this.#sessions.set(id, oldest);
    }
  }

  #drop(kept: StoredSession<Own>, count: number): void {
    kept.log.drop(count);
    this.#weigh(kept);
  }

  #weigh(kept: StoredSession<Own>): void {
    const { bytes } = kept.log;
    this.#bytes += bytes - kept.bytes;
    kept.bytes = bytes;
  }

  /** Removes ended sessions, oldest end first, until `count` are removed or at most `enough` bytes are left. */
  #forgetEnded(count: number, enough = -1): void {
    const gone: string[] = [];
    for (const kept of this.#ended) {
      if (gone.length >= count || this.#bytes <= enough) break;
      this.#forgetOne(kept);
      gone.push(kept.begun.session);
    }
    if (gone.length > 0) for (const listener of this.#listeners) listener.forgotten(gone);
  }

  #forgetOne(kept: StoredSession<Own>): void {
    this.#sessions.delete(kept.begun.session);
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

  /** Writes how a session is now. */
  recordOf({ begun, labels, seq, state, since, status, error }: StoredSession<Own>): SessionRecord {
    return {
      kind: 'session',
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
  reading(now: () => number): RecordedSessions {
    const session = (id: string) => {
      const kept = this.#sessions.get(id);
      return kept && this.recordOf(kept);
    };
    return {
      machines: () => [...this.#machines.values()].map(({ record }) => record),
      sessions: () => Array.from(this.#sessions.values(), (kept) => this.recordOf(kept)),
      session,
      since: (id, seq) => this.#sessions.get(id)?.log.since(seq) ?? [],
      coverage: () => [...this.#machines.values()].map(({ coverage }) => coverage.record(now())),
      listen: (listener) => this.listen(listener),
    };
  }
}
