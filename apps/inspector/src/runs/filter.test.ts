import type { RunRecord } from '@sigchart/inspect';
import { expect, test } from 'vitest';
import { listedBy, type Standing } from './filter.ts';
import { rowOf } from './row.ts';

const row = (machine: string, record: Partial<RunRecord>) =>
  rowOf(
    {
      record: {
        kind: 'run',
        run: 's1',
        machine: '0'.repeat(16),
        time: 0,
        recorder: 'server',
        labels: {},
        seq: 1,
        since: 0,
        status: 'active',
        ...record,
      },
      dropped: undefined,
      transitions: [],
    },
    machine,
  );

const publishing = row('publisher.server', {
  labels: { app: 'live', socket: 12, role: 'publisher', streamId: 'Otter' },
  state: { accepted: { negotiation: 'stable', media: { receiving: 'owned' } } },
});
const refused = row('player.server', {
  run: 's2',
  labels: { app: 'live', socket: 1, role: 'player', streamId: 'otter' },
  state: 'refused',
  status: 'done',
  error: 'no_stream_exist',
});

const found = (query: string, standing: Standing = 'all') =>
  [publishing, refused].filter(listedBy({ query, standing }));

test('all words of a search must be found, in whatever case', () => {
  expect(found('OTTER')).toEqual([publishing, refused]);
  expect(found('otter publisher')).toEqual([publishing]);
  expect(found('otter nothing')).toEqual([]);
});

test('a word with a field before it is looked for there alone', () => {
  expect(found('state:receiving')).toEqual([publishing]);
  expect(found('socket:1')).toEqual([refused]);
  expect(found('error:no_stream stream:otter')).toEqual([refused]);
  expect(found('constructor:x')).toEqual([]);
});

test('running runs and failed ones are distinguished', () => {
  expect(found('', 'running')).toEqual([publishing]);
  expect(found('', 'errors')).toEqual([refused]);
});
