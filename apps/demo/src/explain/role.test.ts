import { expect, test } from 'vitest';
import { explainRole, type Situation } from './role.ts';

const well: Situation = {
  role: 'publisher',
  state: 'publishing',
  attempt: 0,
  retryLimit: 10,
  reason: undefined,
  definition: undefined,
  established: true,
  socket: 'open',
  url: 'ws://localhost:5080/live/websocket',
  wasOpen: true,
  wasLost: false,
};
const starting: Situation = { ...well, state: 'offline', established: false, socket: 'dialling', wasOpen: false };

test('nothing is wrong while all goes well', () => {
  for (const state of ['idle', 'requesting', 'connecting', 'publishing', 'playing', 'stopping', 'stopped'])
    expect(explainRole({ ...well, state })).toBeUndefined();
});

test('a first dial under way is not yet a problem', () => {
  expect(explainRole(starting)).toBeUndefined();
});

test('a server that does not answer is named, in the same words at every try', () => {
  const waiting = explainRole({ ...starting, socket: 'waiting', wasLost: true });
  expect(waiting?.title).toBe('The server cannot be reached.');
  expect(waiting?.advice).toContain(starting.url);
  expect(waiting?.outlook).toBe('retrying');
  expect(explainRole({ ...starting, wasLost: true })).toEqual(waiting);
});

test('a server that was lost and one that was never reached have different texts', () => {
  const lost = { ...starting, wasOpen: true, wasLost: true };
  expect(explainRole(lost)?.title).toBe('The connection to the server was lost.');
  expect(explainRole({ ...lost, socket: 'open' })).toBeUndefined();
});

test('a refusal ends in the words for its definition', () => {
  const refused = { ...well, state: 'ended', reason: 'refused', definition: 'streamIdInUse', established: false };
  expect(explainRole(refused)?.title).toBe('This id is already being published.');
  expect(explainRole(refused)?.outlook).toBe('over');
});

test('a connection that never existed and one that was lost have different texts', () => {
  const failed = { ...well, state: 'ended', reason: 'failed' };
  expect(explainRole(failed)?.title).toBe('The connection was lost and could not be made again.');
  expect(explainRole({ ...failed, established: false })?.title).toBe('The connection could not be made.');
});

test('a failure has the same text before and after the server has confirmed the end', () => {
  const failing: Situation = { ...well, role: 'player', state: 'failing', established: false };
  expect(explainRole(failing)?.title).toBe('The connection could not be made.');
  expect(explainRole({ ...failing, state: 'ended', reason: 'failed' })).toEqual(explainRole(failing));
});

test('a retry names the try that comes next, then the one under way', () => {
  const lost: Situation = { ...well, role: 'player', state: 'retrying', attempt: 1, definition: 'no_stream_exist' };
  expect(explainRole(lost)?.title).toBe('The stream has stopped.');
  expect(explainRole(lost)?.advice).toContain('Try 2 of 10.');
  expect(explainRole({ ...lost, state: 'requesting', attempt: 2 })?.advice).toContain('Try 2 of 10.');
  expect(explainRole({ ...lost, state: 'restarting', attempt: 10 })?.advice).toContain('Try 10 of 10.');
});

test('a peer that was left alone sees an explanation, and one that is alone at first does not', () => {
  const alone: Situation = { ...well, role: 'peer', state: 'waiting' };
  expect(explainRole(alone)?.title).toBe('The other participant left the call.');
  expect(explainRole({ ...alone, established: false })).toBeUndefined();
});

test('a full call is explained', () => {
  const full: Situation = { ...well, role: 'peer', state: 'ended', reason: 'refused', definition: 'NoSpaceForNewPeer' };
  expect(explainRole(full)?.title).toBe('Two people are in this call already.');
});
