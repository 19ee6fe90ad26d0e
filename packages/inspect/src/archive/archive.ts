import type { MachineDefinition } from '../definition/definition.ts';
import type {
  CoverageRecord,
  DroppedRecord,
  MachineRecord,
  SessionRecord,
  SessionStatus,
  TracedState,
  TransitionRecord,
} from '../trace/record.ts';
import { absent, Coverage, type Presence } from './coverage.ts';
import { defaultLimits, type Limits } from './limits.ts';

/** Hears what changes in an archive. */
export interface ArchiveListener {
  /** A session has begun, or its state, its labels or its error have changed. */
  changed(session: string): void;
  /** Sessions are not kept any more. */
  forgotten(sessions: readonly string[]): void;
}

/** What was recorded, to be read. */
export interface Recorded {
  /** The machines that sessions run. */
  machines(): Iterable<MachineRecord>;
  /** Every session that is kept. */
  sessions(): Iterable<SessionRecord>;
  /** One session, if it is kept. */
  session(id: string): SessionRecord | undefined;
  /** What is kept of a session after its transition `seq`, 0 for all of it. Made anew each time it is asked for. */
  since(id: string, seq: number): Iterable<DroppedRecord | TransitionRecord>;
  /** Coverage of every machine. */
  coverage(): Iterable<CoverageRecord>;
  /** Calls `listener` from now on. Returns how to end that. */
  listen(listener: ArchiveListener): () => void;
}

/** A session that is kept. Only its archive writes to it. */
export interface Kept<Entry> {
  readonly begun: Pick<SessionRecord, 'session' | 'machine' | 'time' | 'source' | 'parent'>;
  labels: SessionRecord['labels'];
  seq: number;
  state: TracedState | undefined;
  since: number;
  status: SessionStatus;
  error: string | undefined;
  readonly coverage: Coverage | undefined;
  presence: Presence;
  /** What is kept, in order, without a gap up to `seq`. */
  entries: Entry[];
  /** The last entry that was dropped. */
  dropped: Entry | undefined;
  bytes: number;
  /** Whether the archive has let it go: nothing more is added to it. */
  forgotten: boolean;
}

/** What one more entry says of its session. */
export interface Progress {
  readonly time: number;
  readonly state: TracedState;
  readonly status: SessionStatus;
  /** Whether `state` may be another than before. Comparing states costs more than knowing it. */
  readonly moved: boolean;
  readonly taken: readonly number[];
  readonly error?: string | undefined;
}

/** How entries are kept. */
export interface ArchiveOptions<Entry> {
  readonly limits?: Partial<Limits> | undefined;
  /** How much memory an entry takes, about. Bytes. */
  readonly weigh: (entry: Entry) => number;
  /** What is remembered of an entry that is dropped, given what was remembered of those before. */
  readonly fold: (before: Entry | undefined, entry: Entry) => Entry;
}

/** The part of a limit that is dropped at once, so that dropping is rare. */
const share = 0.2;

/** Keeps sessions and their entries within limits, and counts coverage. */
export class Archive<Entry> {
  readonly #options: ArchiveOptions<Entry>;
  readonly #limits: Limits;
  readonly #machines = new Map<string, { readonly record: MachineRecord; readonly coverage: Coverage }>();
  readonly #sessions = new Map<string, Kept<Entry>>();
  readonly #listeners = new Set<ArchiveListener>();
  #ended = 0;
  #bytes = 0;

  constructor(options: ArchiveOptions<Entry>) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  /** How much is kept now. */
  get size() {
    return { sessions: this.#sessions.size, ended: this.#ended, bytes: this.#bytes };
  }

  /** Makes a machine known. */
  define(hash: string, definition: MachineDefinition): void {
    if (this.#machines.has(hash)) return;
    const record: MachineRecord = { kind: 'machine', hash, definition };
    this.#machines.set(hash, { record, coverage: new Coverage(hash, definition) });
  }

  /** Begins a session of a machine that is known; `undefined` when there is no room for it. */
  open(begun: Kept<Entry>['begun'], labels: SessionRecord['labels']): Kept<Entry> | undefined {
    if (this.#sessions.size >= this.#limits.sessions) {
      this.#forgetEnded(Math.ceil(this.#ended * share));
      if (this.#sessions.size >= this.#limits.sessions) return undefined;
    }
    const kept: Kept<Entry> = {
      begun,
      labels,
      seq: 0,
      state: undefined,
      since: begun.time,
      status: 'active',
      error: undefined,
      coverage: this.#machines.get(begun.machine)?.coverage,
      presence: absent,
      entries: [],
      dropped: undefined,
      bytes: 0,
      forgotten: false,
    };
    this.#sessions.set(begun.session, kept);
    this.#changed(begun.session);
    return kept;
  }

  /** Adds what comes next to a session. */
  add(kept: Kept<Entry>, entry: Entry, progress: Progress): void {
    if (kept.forgotten) return;
    const { time, state, status, moved, taken, error } = progress;
    const bytes = this.#options.weigh(entry);
    kept.seq += 1;
    kept.entries.push(entry);
    kept.bytes += bytes;
    this.#bytes += bytes;
    const { coverage } = kept;
    for (const edge of taken) coverage?.take(edge);
    let changed = false;
    if (moved) {
      const presence = coverage?.move(kept.presence, state, time) ?? absent;
      changed = presence !== kept.presence || kept.state === undefined;
      if (changed) kept.since = time;
      kept.presence = presence;
      kept.state = state;
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

  /** A session goes on after `seq`: what came before is not kept, but for what is remembered of it. */
  restart(kept: Kept<Entry>, dropped: Entry, seq: number): void {
    this.#drop(kept, kept.entries.length);
    kept.dropped = dropped;
    kept.seq = seq;
  }

  /** A session has ended in a way that was no transition. */
  end(kept: Kept<Entry>, status: SessionStatus, time: number): void {
    if (kept.status !== 'active') return;
    this.#end(kept, status, time);
    this.#changed(kept.begun.session);
  }

  #end(kept: Kept<Entry>, status: SessionStatus, time: number): void {
    if (kept.status === 'active' && !kept.forgotten) this.#ended += 1;
    kept.status = status;
    kept.presence = kept.coverage?.move(kept.presence, undefined, time) ?? absent;
    if (this.#ended > this.#limits.ended) this.#forgetEnded(Math.ceil(this.#limits.ended * share) || 1);
  }

  #keepWithinLimits(kept: Kept<Entry>): void {
    const { perSession, bytes } = this.#limits;
    if (kept.forgotten) return;
    if (kept.entries.length > perSession) this.#drop(kept, Math.max(1, Math.floor(perSession * share)));
    if (this.#bytes <= bytes) return;
    const enough = bytes * (1 - share);
    this.#forgetEnded(this.#ended, enough);
    // Those that began first have had most time to be looked at; after a turn they are the last.
    let turns = this.#sessions.size;
    for (const [id, oldest] of this.#sessions) {
      if (this.#bytes <= enough || turns === 0) return;
      turns -= 1;
      this.#drop(oldest, Math.ceil(oldest.entries.length / 2));
      this.#sessions.delete(id);
      this.#sessions.set(id, oldest);
    }
  }

  #drop(kept: Kept<Entry>, count: number): void {
    const { weigh, fold } = this.#options;
    for (const entry of kept.entries.splice(0, count)) {
      kept.dropped = fold(kept.dropped, entry);
      const bytes = weigh(entry);
      kept.bytes -= bytes;
      this.#bytes -= bytes;
    }
  }

  /** Forgets sessions that have ended, those that began first, until `count` are gone or there is room enough. */
  #forgetEnded(count: number, enough = 0): void {
    const gone: string[] = [];
    for (const [id, kept] of this.#sessions) {
      if (gone.length >= count || this.#bytes <= enough) break;
      if (kept.status === 'active') continue;
      this.#forgetOne(kept);
      gone.push(id);
    }
    if (gone.length > 0) for (const listener of this.#listeners) listener.forgotten(gone);
  }

  /** Forgets sessions, whether they run or not. */
  forget(ids: Iterable<string>): void {
    const gone: string[] = [];
    for (const id of ids) {
      const kept = this.#sessions.get(id);
      if (kept === undefined) continue;
      this.#forgetOne(kept);
      gone.push(id);
    }
    if (gone.length > 0) for (const listener of this.#listeners) listener.forgotten(gone);
  }

  #forgetOne(kept: Kept<Entry>): void {
    this.#sessions.delete(kept.begun.session);
    kept.forgotten = true;
    this.#bytes -= kept.bytes;
    if (kept.status !== 'active') this.#ended -= 1;
  }

  #changed(id: string): void {
    for (const listener of this.#listeners) listener.changed(id);
  }

  /** A session that is kept. */
  get(id: string): Kept<Entry> | undefined {
    return this.#sessions.get(id);
  }

  /** Writes how a session is now. */
  recordOf({ begun, labels, seq, state, since, status, error }: Kept<Entry>): SessionRecord {
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

  /** Reads, given how an entry is written. */
  reading(since: Recorded['since'], now: () => number): Recorded {
    const session = (id: string) => {
      const kept = this.#sessions.get(id);
      return kept && this.recordOf(kept);
    };
    return {
      machines: () => [...this.#machines.values()].map(({ record }) => record),
      sessions: () => Array.from(this.#sessions.values(), (kept) => this.recordOf(kept)),
      session,
      since,
      coverage: () => [...this.#machines.values()].map(({ coverage }) => coverage.record(now())),
      listen: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}
