import { expect, test } from 'vitest';
import { explainRole, type Situation } from './role.ts';

const well: Situation = {
  role: 'publisher',
  state: 'publishing',
  attempt: 0,
  reason: undefined,
  definition: undefined,
  established: true,
  socket: { url: 'ws://localhost:5080/live/websocket', attempt: 0, open: true, wasOpen: true },
};
const starting: Situation = { ...well, state: 'offline', established: false };

test('nothing is wrong while all goes well', () => {
  for (const state of ['idle', 'requesting', 'connecting', 'publishing', 'playing', 'stopping', 'stopped'])
    expect(explainRole({ ...well, state })).toBeUndefined();
});

test('a first dial under way is not yet a problem', () => {
  const socket = { ...starting.socket, open: false, wasOpen: false };
  expect(explainRole({ ...starting, socket })).toBeUndefined();
});

test('a server that does not answer is named, with the attempt', () => {
  const socket = { ...starting.socket, open: false, wasOpen: false, attempt: 3 };
  const { title, advice, outlook } = explainRole({ ...starting, socket }) ?? {};
  expect(title).toBe('The server cannot be reached.');
  expect(advice).toContain('attempt 3');
  expect(advice).toContain(socket.url);
  expect(outlook).toBe('retrying');
});

test('a server that was there is told from one that never was', () => {
  const socket = { ...starting.socket, open: false, attempt: 1 };
  expect(explainRole({ ...starting, socket })?.title).toBe('The connection to the server was lost.');
});

test('a refusal ends in the words for its definition', () => {
  const refused = { ...well, state: 'ended', reason: 'refused', definition: 'streamIdInUse', established: false };
  expect(explainRole(refused)?.title).toBe('Somebody is already publishing under this id.');
  expect(explainRole(refused)?.outlook).toBe('over');
});

test('a connection that never was is told from one that was lost', () => {
  const failed = { ...well, state: 'ended', reason: 'failed' };
  expect(explainRole(failed)?.title).toBe('The connection was lost and could not be made again.');
  expect(explainRole({ ...failed, established: false })?.title).toBe('The connection could not be made.');
});

test('a retry names the attempt that comes next, then the one under way', () => {
  const lost: Situation = { ...well, role: 'player', state: 'retrying', attempt: 1, definition: 'no_stream_exist' };
  expect(explainRole(lost)?.title).toBe('The stream has stopped.');
  expect(explainRole(lost)?.advice).toContain('attempt 2');
  expect(explainRole({ ...lost, state: 'requesting', attempt: 2 })?.advice).toContain('attempt 2');
});
