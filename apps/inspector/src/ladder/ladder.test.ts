import type { SessionRecord, TransitionRecord } from '@sigchart/inspect';
import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';
import { type Crossing, ladderOf, type Party } from './ladder.ts';
import { relatedTo } from './related.ts';

const record = (session: string, change: Partial<SessionRecord> = {}): SessionRecord => ({
  kind: 'session',
  session,
  machine: '0'.repeat(16),
  time: 0,
  source: 'server',
  labels: {},
  seq: 0,
  since: 0,
  status: 'active',
  ...change,
});

type Heard = Pick<TransitionRecord, 'time' | 'event' | 'state'> & { readonly effects?: TransitionRecord['effects'] };

const party = (machine: string, own: SessionRecord, heard: readonly Heard[]): Party => ({
  machine,
  session: {
    record: own,
    dropped: undefined,
    transitions: heard.map(({ time, event, state, effects = [] }, index) => ({
      kind: 'transition',
      session: own.session,
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
const client = party('publisher.client', record('c1', { source: 'page' }), [
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
      'Client · socket 3: publisher.client',
      'Server: publisher.server',
    ]);
    expect(crossings(parties)).toMatchObject([
      { from: 0, to: 1, message: publish, sent: { session: 'c1', time: 8 }, received: { session: 's1', time: 10 } },
      { from: 1, to: 0, message: start, sent: { session: 's1', time: 20 }, received: { session: 'c1', time: 23 } },
    ]);
  }
});

test('where one side alone was recorded, the other stands there and is said not to be', () => {
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

test('each peer of a call has its lane, by the socket it speaks over', () => {
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

test('a change of state stands in its lane, told of the region that changed alone', () => {
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

test('a session belongs with the other half of its role, and with everybody in its call', () => {
  const machines: Record<string, string> = {};
  const of = (session: string, machine: string, streamId: string, change: Partial<SessionRecord> = {}) => {
    machines[session] = machine;
    return record(session, { labels: { streamId }, ...change });
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
    relatedTo(all[index] ?? record(''), all, ({ session }) => machines[session] ?? '').map(({ session }) => session);
  expect(relatives(0)).toEqual(['c1', 'c3']);
  expect(relatives(4)).toEqual(['c1']);
  expect(relatives(5).toSorted()).toEqual(['p2', 'p3']);
  expect(relatives(6).toSorted()).toEqual(['p1', 'p3']);
});
