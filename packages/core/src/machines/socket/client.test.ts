import { describe, expect, test } from 'vitest';
import type { ClientEvent } from '../event.ts';
import { sleepMs } from '../fragments/retry.ts';
import { backOffMs, pingMs, requestTimeoutMs } from '../timer.ts';
import { walk } from '../walk.ts';
import { socketClient } from './client.ts';

const after = (...events: ClientEvent[]) => walk(socketClient, { iceServers: [] }, events);
const asking = (...events: ClientEvent[]) => walk(socketClient, {}, events);

const open: ClientEvent[] = [{ type: 'app.open' }, { type: 'socket.opened' }];
const pong: ClientEvent = { type: 'signal.pong', message: { command: 'pong' } };
const ping: ClientEvent = { type: 'timer.ping' };

test('it opens the socket on request, once', () => {
  expect(after({ type: 'app.open' }).effects).toEqual([
    { type: 'socket.dial' },
    { type: 'timer.start', name: 'request', ms: requestTimeoutMs },
  ]);
  expect(after({ type: 'app.open' }, { type: 'app.open' }).effects).toEqual([]);
});

test('a handshake that is never answered is abandoned and repeated', () => {
  const { snapshot, effects } = after({ type: 'app.open' }, { type: 'timer.request' });
  expect(snapshot.value).toBe('waiting');
  expect(effects).toContainEqual({ type: 'socket.close' });
});

describe('ICE servers', () => {
  test('that are configured are used, and roles may send at once', () => {
    expect(after(...open).effects).toEqual([
      { type: 'timer.stop', name: 'request' },
      { type: 'timer.start', name: 'ping', ms: pingMs },
      { type: 'socket.ready' },
    ]);
  });

  test('are asked for otherwise, and roles wait for the answer', () => {
    expect(asking(...open).effects).toContainEqual({
      type: 'signal.send',
      message: { command: 'getIceServerConfig' },
    });
    const answered = asking(...open, {
      type: 'signal.iceServerConfig',
      message: {
        command: 'iceServerConfig',
        stunServerUri: 'turn:a',
        turnServerUsername: 'u',
        turnServerCredential: 'c',
      },
    });
    expect(answered.effects).toContainEqual({ type: 'socket.ready' });
    expect(answered.snapshot.context.iceServers).toEqual([{ urls: 'turn:a', username: 'u', credential: 'c' }]);
  });

  test.each([
    ['says nothing', { type: 'timer.iceServers' }],
    ['calls it an error', { type: 'signal.error', message: { command: 'error', definition: 'noStreamNameSpecified' } }],
  ] as const)('a server that %s is used without', (_, event) => {
    const { snapshot, effects } = asking(...open, event);
    expect(effects).toContainEqual({ type: 'socket.ready' });
    expect(snapshot.context.iceServers).toEqual([]);
  });
});

describe('ping', () => {
  test('continues at intervals, also to a server that never sends pong', () => {
    const { snapshot, effects } = after(...open, ping, ping, ping, ping, ping);
    expect(effects).toContainEqual({ type: 'signal.send', message: { command: 'ping' } });
    expect(snapshot.matches('open')).toBe(true);
  });

  test('unanswered twice after an earlier answer, the socket is reopened', () => {
    const { snapshot, effects } = after(...open, ping, pong, ping, ping, ping);
    expect(snapshot.value).toBe('waiting');
    expect(effects).toContainEqual({ type: 'socket.close' });
  });
});

describe('sleep', () => {
  const slept: ClientEvent = { type: 'clock.skipped', ms: sleepMs };
  const said = { type: 'signal.send', message: { command: 'ping' } };

  test.each([
    ['after it', slept],
    ['when the page is back', { type: 'app.resume' }],
  ] as [string, ClientEvent][])('%s the socket is asked at once, and abandoned without an answer', (_, event) => {
    const asked = [...open, ping, pong, event];
    expect(after(...asked).effects).toContainEqual(said);
    expect(after(...asked, ping).snapshot.value).toBe('waiting');
    expect(after(...asked, pong, ping).snapshot.matches('open')).toBe(true);
  });

  test('proves nothing about a server that has never sent pong', () => {
    expect(after(...open, slept, ping, ping).snapshot.matches('open')).toBe(true);
  });

  test('a slightly late timer is not one', () => {
    expect(after(...open, ping, pong, { type: 'clock.skipped', ms: sleepMs - 1 }).effects).toEqual([]);
  });
});

describe('a page that is put away', () => {
  const suspend: ClientEvent = { type: 'app.suspend' };

  test.each([
    ['dialling', [{ type: 'app.open' }]],
    ['open', open],
    ['waiting', [...open, { type: 'socket.lost' }]],
  ] as [string, ClientEvent[]][])('keeps no socket, and dials at once when it is back: %s', (name, events) => {
    const { snapshot, effects } = after(...events, suspend);
    expect(snapshot.value).toBe('suspended');
    if (name !== 'waiting') expect(effects).toContainEqual({ type: 'socket.close' });
    expect(after(...events, suspend, { type: 'app.resume' }).effects).toContainEqual({ type: 'socket.dial' });
  });

  test('a network that is back ends the wait', () => {
    expect(after(...open, { type: 'socket.lost' }, { type: 'app.resume' }).snapshot.value).toBe('dialling');
  });
});

describe('a lost socket', () => {
  test('is dialled again after a wait that grows', () => {
    const lost = [...open, { type: 'socket.lost' } as const];
    expect(after(...lost).effects).toContainEqual({ type: 'timer.start', name: 'retry', ms: backOffMs(0) });
    const again: ClientEvent[] = [{ type: 'timer.retry' }, { type: 'socket.lost' }];
    expect(after(...lost, ...again).effects).toContainEqual({ type: 'timer.start', name: 'retry', ms: backOffMs(1) });
    expect(after(...lost, ...again, ...again).effects).toContainEqual({
      type: 'timer.start',
      name: 'retry',
      ms: backOffMs(2),
    });
  });

  test('that comes back resets the count', () => {
    const { snapshot } = after(...open, { type: 'socket.lost' }, { type: 'timer.retry' }, { type: 'socket.opened' });
    expect(snapshot.context.attempt).toBe(0);
  });
});

test('a server that will stop is left at once', () => {
  const { snapshot, effects } = after(...open, {
    type: 'signal.server_will_stop',
    message: { command: 'notification', definition: 'server_will_stop' },
  });
  expect(snapshot.value).toBe('waiting');
  expect(effects).toContainEqual({ type: 'socket.close' });
});

test.each([
  ['idle', []],
  ['dialling', [{ type: 'app.open' }]],
  ['open', open],
  ['waiting', [...open, { type: 'socket.lost' }]],
] as [string, ClientEvent[]][])('close ends it while %s', (name, events) => {
  const { snapshot, effects } = after(...events, { type: 'app.close' });
  expect(snapshot.value).toBe('closed');
  if (name === 'dialling' || name === 'open') expect(effects).toContainEqual({ type: 'socket.close' });
});
