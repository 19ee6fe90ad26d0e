import { hashOf } from '@sigchart/chart';
import { Archive, type RecordedSessions, type StoredSession } from '../archive/archive.ts';
import type { Limits } from '../archive/limits.ts';
import { Entries, type Entry, type Log } from '../archive/log.ts';
import { patched } from '../trace/difference.ts';
import { decodeLines } from '../trace/line.ts';
import type { DroppedRecord, MachineRecord, SessionRecord, TraceLine, TransitionRecord } from '../trace/record.ts';
import type { FeedEnd } from './channel.ts';

/** Maximum number of machines of one client. */
const maxMachines = 50;

/** Number of sessions of one client that may run at once. */
const maxSessions = 1_000;

/** Default limits for what clients push. */
const defaultPushed: Partial<Limits> = { ended: 500, sessions: 5_000, bytes: 32 * 1024 * 1024 };

interface PushedTransition extends Entry {
  readonly record: TransitionRecord;
}

/** Records of one session that a client has pushed. */
class SentLog extends Entries<PushedTransition, DroppedRecord> implements Log {
  constructor() {
    super((before, { record: { session, seq, time, state, context } }) => ({
      kind: 'dropped',
      session,
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

/** Sessions pushed by clients. */
export interface Pushed {
  /** Takes in one more client's trace. */
  open(): FeedEnd;
  readonly recorded: RecordedSessions;
}

/** Creates the store of pushed sessions. Invalid records, and records out of order, are ignored. */
export function createPushed(limits?: Partial<Limits>): Pushed {
  const archive = new Archive<SentLog>({ ...defaultPushed, ...limits });
  let opened = 0;

  return {
    recorded: archive.reading(Date.now),
    open() {
      opened += 1;
      const prefix = `c${opened}.`;
      const machines = new Set<string>();
      const sessions = new Map<string, StoredSession<SentLog>>();
      let name = 'client';

      const define = ({ hash, definition }: MachineRecord) => {
        if (machines.size >= maxMachines || hashOf(definition) !== hash) return;
        machines.add(hash);
        archive.define(hash, definition);
      };

      const session = (record: SessionRecord) => {
        const known = sessions.get(record.session);
        if (known !== undefined) {
          known.labels = record.labels;
          known.error = record.error;
          return;
        }
        const { machine, time, labels, parent } = record;
        if (!machines.has(machine) || sessions.size >= maxSessions) return;
        const begun = {
          session: `${prefix}${record.session}`,
          machine,
          time,
          source: name,
          ...(parent !== undefined && { parent: `${prefix}${parent}` }),
        };
        const kept = archive.open(begun, labels, new SentLog());
        if (kept !== undefined) sessions.set(record.session, kept);
      };

      const transition = (record: TransitionRecord) => {
        const kept = sessions.get(record.session);
        if (kept === undefined || kept.forgotten || record.seq !== kept.seq + 1) return;
        const { time, state, status = 'active', taken, cause } = record;
        const named: TransitionRecord = {
          ...record,
          session: kept.begun.session,
          ...(cause !== undefined && { cause: { ...cause, session: `${prefix}${cause.session}` } }),
        };
        kept.log.add({ record: named, bytes: JSON.stringify(record).length });
        archive.added(kept, time, state, status, taken, kept.error);
        if (status !== 'active') sessions.delete(record.session);
      };

      const dropped = (record: DroppedRecord) => {
        const { session, seq } = record;
        const kept = sessions.get(session);
        if (kept === undefined || kept.forgotten || seq <= kept.seq) return;
        kept.log.restart({ ...record, session: kept.begun.session });
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
          case 'session':
            session(line);
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
          for (const kept of sessions.values()) archive.end(kept, 'stopped', Date.now());
          sessions.clear();
        },
      };
    },
  };
}
