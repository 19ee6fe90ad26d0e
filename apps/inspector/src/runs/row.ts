import { stateName } from '@sigchart/chart';
import type { ReadRun, RunRecord } from '@sigchart/inspect';
import { shortState } from '../look/state.ts';

/** A run as a row of the list. */
export interface Row {
  readonly record: RunRecord;
  /** The id of its machine, such as `publisher.server`. */
  readonly machine: string;
  /** Its state in short. */
  readonly state: string;
  /** Subject: a stream, a call or a room; empty for a socket. */
  readonly subject: string;
  /** Display name of the subject, if it has one. */
  readonly name: string | undefined;
  /** Location: app and socket, or the recorder. */
  readonly where: string;
  /** Everything that is searched, in lower case. */
  readonly text: string;
}

/** Subject of a run: a stream, a call or a room, or the id of an actor, unless XState generated it. */
export const subjectOf = ({ streamId, shared, id }: RunRecord['labels']): string =>
  String(streamId ?? shared ?? (/^x:\d+$/.test(String(id)) ? '' : (id ?? '')));

const rows = new WeakMap<RunRecord, Row>();

/** The row of a run. `machineId` is the id of its machine, `name` that of its stream. */
export function rowOf({ record }: ReadRun, machineId: string, name?: string): Row {
  const known = rows.get(record);
  if (known !== undefined && known.machine === machineId && known.name === name) return known;
  const { run, labels, recorder, state, status, error = '' } = record;
  const { app = '', socket, role: _, streamId: _streamId, shared: _shared, ...others } = labels;
  const subject = subjectOf(labels);
  const where = [app, socket === undefined ? '' : `socket ${socket}`].filter((part) => part !== '').join(' · ');
  const row: Row = {
    record,
    machine: machineId,
    state: shortState(state),
    subject,
    name,
    where: where === '' ? recorder : where,
    text: [
      run,
      machineId,
      state === undefined ? '' : stateName(state),
      subject,
      name ?? '',
      where,
      recorder,
      status,
      error,
      ...Object.values(others),
    ]
      .join('\n')
      .toLowerCase(),
  };
  rows.set(record, row);
  return row;
}
