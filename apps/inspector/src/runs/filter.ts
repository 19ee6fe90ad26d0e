import { stateName } from '@sigchart/chart';
import type { Row } from './row.ts';

/** Filter by status. */
export type Standing = 'all' | 'running' | 'errors';

/** Filter of the list. */
export interface Filter {
  /**
   * Words that must all match; the prefixes `state:`, `machine:`, `stream:`, `socket:`, `app:` and `error:` restrict a word to
   * that property.
   */
  readonly query: string;
  readonly standing: Standing;
}

const fields: Readonly<Record<string, (row: Row) => string>> = {
  state: ({ record: { state } }) => (state === undefined ? '' : stateName(state)),
  machine: ({ machine }) => machine,
  stream: ({ subject }) => subject,
  room: ({ subject }) => subject,
  app: ({ record }) => String(record.labels.app ?? ''),
  socket: ({ record }) => String(record.labels.socket ?? ''),
  error: ({ record }) => record.error ?? '',
};

type Condition = (row: Row) => boolean;

function conditionOf(word: string): Condition {
  const [, name = '', wanted = ''] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) return ({ text }) => text.includes(word);
  // A number is meant whole: socket 1 is not socket 12.
  if (name === 'socket') return (row) => field(row) === wanted;
  return (row) => field(row).toLowerCase().includes(wanted);
}

/** True if a row is listed. Made once for many rows. */
export function listedBy({ query, standing }: Filter): Condition {
  const conditions = query.toLowerCase().split(/\s+/).filter(Boolean).map(conditionOf);
  if (standing === 'running') conditions.push(({ record }) => record.status === 'active');
  if (standing === 'errors') conditions.push(({ record }) => record.error !== undefined || record.status === 'error');
  return (row) => conditions.every((condition) => condition(row));
}
