import type { RunRecord, TransitionRecord } from '@sigchart/inspect';
import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';
import { type Crossing, ladderOf, type Party } from './ladder.ts';
import { relatedTo } from './related.ts';

const record = (run: string, change: Partial<RunRecord> = {}): RunRecord => ({
  kind: 'run',
  run,
  machine: '0'.repeat(16),
  time: 0,
  recorder: 'server',
  labels: {},
  seq: 0,
  since: 0,
  status: 'active',
  ...change,
});

type BriefTransition = Pick<TransitionRecord, 'time' | 'event' | 'state'> & {
  readonly effects?: TransitionRecord['effects'];
};

const party = (machine: string, own: RunRecord, heard: readonly BriefTransition[]): Party => ({
  machine,
  run: {
    record: own,
    dropped: undefined,
    transitions: heard.map(({ time, event, state, effects = [] }, index) => ({
      kind: 'transition',
      run: own.run,
      seq: index + 1,
      order: index + 1,
      time,
      event,
      taken: [],
      state,
      effects,
      context: [],
    })),
  },
});

const signal = (message: { readonly command: string }) => ({ type: `signal.${message.command}`, message });
const send = (message: object, to?: number) => ({ type: 'signal.send', message, ...(to !== undefined && { to }) });

const publish = { command: 'publish', streamId: 'otter' };
const start = { command: 'start', streamId: 'otter' };

const server = party('publisher.server', record('s1', { labels: { app: 'live', socket: 3 } }), [
  { time: 10, event: signal(publish), state: 'deciding' },
  { time: 20, event: { type: 'stream.claimed' }, state: 'accepted', effects: [send(start)] },
]);
const client = party('publisher.client', record('c1', { recorder: 'page' }), [
  {
    time: 8,
    event: { type: 'app.publish' },
    state: 'requesting',
    effects: [send({ streamId: 'otter', command: 'publish' })],
  },
  { time: 23, event: signal(start), state: 'offering' },
]);

const crossings = (parties: readonly Party[]) =>
  ladderOf(parties).rows.filter((row): row is Crossing => row.kind === 'crossing');

test('a message that both ends recorded is one arrow, from when it was sent to when it was received', () => {
  for (const parties of [
    [server, client],
    [client, server],
  ]) {
    expect(ladderOf(parties).lanes.map(({ title, note }) => `${title}: ${note}`)).toEqual([
      'Client · socket 3: publisher.client · page',
      'Server: publisher.server',
    ]);
    expect(crossings(parties)).toMatchObject([
      { from: 0, to: 1, message: publish, sent: { run: 'c1', time: 8 }, received: { run: 's1', time: 10 } },
      { from: 1, to: 0, message: start, sent: { run: 's1', time: 20 }, received: { run: 'c1', time: 23 } },
    ]);
  }
});

const up = (time: number, message: { readonly command: string }): BriefTransition => ({
  time,
  event: { type: 'app' },
  state: 'a',
  effects: [send(message)],
});
const heardFrom = (time: number, from: number, message: { readonly command: string }): BriefTransition => ({
  time,
  event: { ...signal(message), from },
  state: 'a',
});

test('messages are matched by the fields that both ends recorded', () => {
  const call = party('peer.server', record('s1', { labels: { shared: 'otter' } }), [
    heardFrom(10, 4, { command: 'join' }),
    heardFrom(11, 4, { command: 'takeCandidate', label: 1 } as never),
  ]);
  const peer = party('peer.client', record('c1'), [
    up(8, { command: 'join', multiPeer: false } as never),
    up(9, { command: 'takeCandidate', label: 0 } as never),
    up(9, { command: 'takeCandidate', label: 1, extra: [1] } as never),
  ]);
  expect(crossings([call, peer]).map(({ sent, received }) => [sent?.seq, received?.seq])).toEqual([
    [1, 1],
    [2, undefined],
    [3, 2],
  ]);
});

test('clients with equal messages get different sockets, each the one that received them soonest', () => {
  const call = party('peer.server', record('s1', { labels: { shared: 'otter' } }), [
    heardFrom(105, 4, { command: 'join' }),
    heardFrom(215, 7, { command: 'join' }),
    heardFrom(315, 9, { command: 'join' }),
  ]);
  const one = party('peer.client', record('c1', { recorder: 'one' }), [up(100, { command: 'join' })]);
  const other = party('peer.client', record('c2', { recorder: 'other' }), [up(210, { command: 'join' })]);
  for (const parties of [
    [call, one, other],
    [other, one, call],
  ])
    expect(
      ladderOf(parties)
        .lanes.map(({ title, note }) => `${title}: ${note}`)
        .toSorted(),
    ).toEqual([
      'Client · socket 4: peer.client · one',
      'Client · socket 7: peer.client · other',
      'Client · socket 9: not recorded',
      'Server: peer.server',
    ]);
});

test('a client that has dialled again is one lane, over both of its sockets', () => {
  const again = (run: string, socket: number, time: number) =>
    party('publisher.server', record(run, { labels: { socket } }), [{ time, event: signal(publish), state: 'a' }]);
  const twice = party('publisher.client', record('c1'), [up(8, publish), up(90, publish)]);
  const { lanes } = ladderOf([again('s1', 3, 10), again('s2', 5, 92), twice]);
  expect(lanes.map(({ title }) => title)).toEqual(['Client · socket 3, 5', 'Server']);
  expect(crossings([again('s1', 3, 10), again('s2', 5, 92), twice])).toMatchObject([
    { sent: { seq: 1 }, received: { run: 's1' } },
    { sent: { seq: 2 }, received: { run: 's2' } },
  ]);
});

test('a wrong clock is corrected by causality, with a note', () => {
  const behind = party('publisher.client', record('c1', { recorder: 'page' }), [
    up(8 - 3_600_000, publish),
    { time: 23 - 3_600_000, event: signal(start), state: 'offering' },
  ]);
  const { lanes, rows } = ladderOf([server, behind]);
  expect(lanes[0]?.note).toBe('publisher.client · page · clock 1 h behind');
  const times = rows.flatMap((row) => (row.kind === 'crossing' ? [[row.sent?.time, row.received?.time]] : []));
  for (const [sent = 0, received = 0] of times) expect(received).toBeGreaterThanOrEqual(sent);
  expect(
    rows.map((row) => (row.kind === 'crossing' ? (row.message as { command: string }).command : row.state)),
  ).toEqual(['publish', 'a', 'deciding', 'start', 'accepted', 'offering']);
});

test('within a millisecond, an effect comes after its cause', () => {
  const busy = party('publisher.server', record('s1', { labels: { socket: 3 } }), [
    ...Array.from({ length: 9 }, () => ({ time: 1, event: { type: 'other' }, state: 'idle' })),
    { time: 5, event: signal(publish), state: 'deciding', effects: [send(start)] },
  ]);
  const quick = party('publisher.client', record('c1'), [
    { time: 5, event: { type: 'app.publish' }, state: 'requesting', effects: [send(publish)] },
    { time: 5, event: signal(start), state: 'offering' },
  ]);
  const { rows } = ladderOf([busy, quick]);
  const told = rows.map((row) => (row.kind === 'crossing' ? (row.message as { command: string }).command : row.state));
  expect(told.indexOf('publish')).toBeLessThan(told.indexOf('deciding'));
  expect(told.indexOf('start')).toBeLessThan(told.indexOf('offering'));
});

test('if only one side was recorded, the other is shown as not recorded', () => {
  const { lanes } = ladderOf([server]);
  expect(lanes.map(({ note }) => note)).toEqual(['not recorded', 'publisher.server']);
  expect(crossings([server]).map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(crossings([client]).map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('each peer of a call has its lane, by its socket', () => {
  const call = party('peer.server', record('s2', { labels: { app: 'live', shared: 'otter' } }), [
    { time: 1, event: { ...signal({ command: 'join' }), from: 4 }, state: 'waiting' },
    { time: 2, event: { ...signal({ command: 'join' }), from: 7 }, state: 'open', effects: [send(start, 4)] },
  ]);
  const { lanes } = ladderOf([call]);
  expect(lanes.map(({ title }) => title)).toEqual(['Client · socket 4', 'Server', 'Client · socket 7']);
  expect(crossings([call]).map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [2, 1],
    [1, 0],
  ]);
});

test('a change of state is in its lane, and names only the changed region', () => {
  const regions = (media: string) => ({ accepted: { negotiation: 'stable', media } });
  const { rows } = ladderOf([
    party('publisher.server', record('s1', { labels: { socket: 1 } }), [
      { time: 1, event: { type: 'a' }, state: regions('connecting') },
      { time: 2, event: { type: 'b' }, state: regions('connecting') },
      { time: 3, event: { type: 'c' }, state: regions('receiving') },
    ]),
  ]);
  expect(rows.flatMap((row) => (row.kind === 'change' ? [row.state] : []))).toEqual([
    'stable · connecting',
    'receiving',
  ]);
});

test('candidates that follow each other in one direction are one row', () => {
  const candidate = { command: 'takeCandidate', candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' };
  const { rows } = ladderOf([
    party('publisher.server', record('s1', { labels: { socket: 1 } }), [
      { time: 0, event: { type: 'xstate.init' }, state: 'a' },
      { time: 1, event: signal(candidate), state: 'a' },
      { time: 2, event: signal(candidate), state: 'a' },
      { time: 3, event: signal(start), state: 'a', effects: [send(candidate)] },
    ]),
  ]);
  const kinds = gathered(rows).map((row) => (row.kind === 'candidates' ? row.crossings.length : row.kind));
  expect(kinds.filter((kind) => kind !== 'change')).toEqual([2, 'crossing', 'crossing']);
});

test('a run is related to the other side of its role, and to all runs of its call', () => {
  const machines: Record<string, string> = {};
  const of = (run: string, machine: string, streamId: string, change: Partial<RunRecord> = {}) => {
    machines[run] = machine;
    return record(run, { labels: { streamId }, ...change });
  };
  const all = [
    of('s1', 'publisher.server', 'otter'),
    of('c1', 'publisher.client', 'otter'),
    of('c2', 'publisher.client', 'badger'),
    of('c3', 'publisher.client', 'otter', { time: 1_000_000 }),
    of('s2', 'publisher.server', 'otter', { status: 'done', since: 10 }),
    of('p1', 'peer.server', 'otter'),
    of('p2', 'peer.client', 'otter'),
    of('p3', 'peer.client', 'otter'),
  ];
  const relatives = (index: number) =>
    relatedTo(all[index] ?? record(''), all, ({ run }) => machines[run] ?? '').map(({ run }) => run);
  expect(relatives(0)).toEqual(['c1', 'c3']);
  expect(relatives(4)).toEqual(['c1']);
  expect(relatives(5).toSorted()).toEqual(['p2', 'p3']);
  expect(relatives(6).toSorted()).toEqual(['p1', 'p3']);
});

test('the quality of a player belongs to its server side, and its reports have both ends', () => {
  const report = { command: 'notification', definition: 'bitrateMeasurement', streamId: 'otter', targetBitrate: 1 };
  const offer = { command: 'takeConfiguration', streamId: 'otter', type: 'offer', sdp: 'v=0' };
  const on = (socket?: number) => ({ labels: { streamId: 'otter', ...(socket !== undefined && { socket }) } });
  const parties = [
    party('player.server', record('s1', on(4)), [
      { time: 10, event: { type: 'stream.live' }, state: 'accepted', effects: [send(offer)] },
    ]),
    party('quality.server', record('q1', on(4)), [
      { time: 20, event: { type: 'media.measured' }, state: 'steady', effects: [send(report)] },
    ]),
    party('player.client', record('c1', { ...on(), recorder: 'page' }), [
      { time: 12, event: signal(offer), state: 'accepted' },
      { time: 22, event: { type: 'signal.bitrateMeasurement', message: report }, state: 'accepted' },
    ]),
    party('quality.server', record('q2', on(5)), [{ time: 5, event: { type: 'xstate.init' }, state: 'steady' }]),
  ];
  const all = parties.map(({ run }) => run.record);
  const machineOf = ({ run }: RunRecord) => parties.find((one) => one.run.record.run === run)?.machine ?? '';
  const relatives = (index: number) => relatedTo(all[index] ?? record(''), all, machineOf).map(({ run }) => run);
  expect(relatives(0).toSorted()).toEqual(['c1', 'q1']);
  expect(relatives(1).toSorted()).toEqual(['c1', 's1']);
  expect(relatives(2).toSorted()).toEqual(['q1', 'q2', 's1']);
  const reported = ladderOf(parties.slice(0, 3)).rows.filter((row) => 'message' in row && row.message === report);
  expect(reported).toMatchObject([{ sent: { run: 'q1' }, received: { run: 'c1' } }]);
});
