import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { manualClock } from '@sigchart/core/testing';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { blankBroadcast } from '../broadcast.ts';
import type { StreamNotification } from '../directory.ts';
import { memoryStore } from '../store/memoryStore.ts';
import { createWebhooks, type WebhookFailure, type WebhooksOptions } from './webhooks.ts';

interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

let receiver: Server;
let received: Received[];
/** Status with which the receiver answers a webhook. */
let statusOf: (one: Received) => number;
let url: string;
let clock: ReturnType<typeof manualClock>;
let now: number;
let failures: WebhookFailure[];
let store: ReturnType<typeof memoryStore>;

beforeEach(async () => {
  received = [];
  failures = [];
  statusOf = () => 200;
  clock = manualClock();
  now = 1_000_000;
  store = memoryStore();
  receiver = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const headers = request.headers as Record<string, string>;
    const one = { path: request.url ?? '', headers, text, body: JSON.parse(text) };
    received.push(one);
    response.writeHead(statusOf(one), { location: '/elsewhere' }).end('thanks');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const webhooksWith = (options: Partial<WebhooksOptions> = {}) =>
  createWebhooks({
    store,
    url: `${url}/all`,
    clock,
    now: () => now,
    failed: (failure) => failures.push(failure),
    ...options,
  });

const happened = (
  action: StreamNotification['action'],
  streamId: string,
  more: Partial<StreamNotification> = {},
): StreamNotification => ({
  app: 'live',
  action,
  streamId,
  by: undefined,
  mainTrack: undefined,
  streamName: '',
  metaData: '',
  subscriberId: '',
  remoteAddress: '',
  ...more,
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

const actions = () => received.map(({ body }) => `${body.action} ${body.id}`);

/** Lets a back-off pass, once it runs. */
const passBackOff = async (ms: number) => {
  await until(() => expect(clock.running).toBe(1));
  now += ms;
  clock.pass(ms);
};

test('a webhook describes the event, and its signature passes Standard Webhooks', async () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
  const webhooks = webhooksWith({ secret, now: Date.now });
  webhooks.notify(
    happened('liveStreamStarted', 'one', {
      streamName: 'Übung',
      metaData: '{"a":1}',
      mainTrack: 'r',
      subscriberId: 's',
    }),
  );
  await until(() => expect(webhooks.pending).toBe(0));
  const [one] = received as [Received];
  expect(one.body).toEqual({
    id: 'one',
    action: 'liveStreamStarted',
    streamName: 'Übung',
    metadata: '{"a":1}',
    mainTrackId: 'r',
    subscriberId: 's',
    appName: 'live',
    timestamp: expect.any(Number),
  });
  expect(one.headers['content-type']).toBe('application/json');
  const verifier = new Verifier(secret);
  expect(verifier.verify(one.text, one.headers)).toEqual(one.body);
  expect(() => verifier.verify(one.text.replace('one', 'two'), one.headers)).toThrow();
  expect(() => new Verifier('whsec_b3RoZXI=').verify(one.text, one.headers)).toThrow();
});

test('events of one stream arrive in order, also if the receiver fails meanwhile', async () => {
  let refusals = 2;
  statusOf = () => {
    refusals -= 1;
    return refusals >= 0 ? 503 : 204;
  };
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  webhooks.notify(happened('playStarted', 'one', { by: 7 }));
  webhooks.notify(happened('playStopped', 'one', { by: 7 }));
  webhooks.notify(happened('liveStreamEnded', 'one'));
  await passBackOff(1_000);
  await passBackOff(2_000);
  await until(() => expect(webhooks.pending).toBe(0));
  expect(actions()).toEqual([
    'liveStreamStarted one',
    'liveStreamStarted one',
    'liveStreamStarted one',
    'playStarted one',
    'playStopped one',
    'liveStreamEnded one',
  ]);
  const [first, second] = received as [Received, Received];
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(failures.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['retry', 'HTTP 503'],
    ['retry', 'HTTP 503'],
  ]);
});

test('a stream whose receiver fails does not hold up another', async () => {
  statusOf = ({ body }) => (body.id === 'one' ? 500 : 200);
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  webhooks.notify(happened('liveStreamStarted', 'two'));
  await until(() => expect(actions()).toContain('liveStreamStarted two'));
  await until(() => expect(webhooks.pending).toBe(1));
});

test('the webhooks of a registered stream go to its own address, its end too once it is forgotten', async () => {
  await store.of('live').broadcasts.create({ ...blankBroadcast('one', 0), listenerHookURL: `${url}/own` });
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  webhooks.notify(happened('liveStreamStarted', 'two'));
  await until(() => expect(webhooks.pending).toBe(0));
  await store.of('live').broadcasts.delete('one');
  webhooks.notify(happened('liveStreamEnded', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  const paths = received.map(({ path, body }) => `${body.id} ${path}`);
  expect(paths.toSorted()).toEqual(['one /own', 'one /own', 'two /all']);
});

test('nothing is sent without an address', async () => {
  const webhooks = webhooksWith({ url: undefined });
  webhooks.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  webhooks.notify(happened('liveStreamEnded', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  expect(received).toEqual([]);
});

test('a lost start has no end', async () => {
  statusOf = ({ body }) => (body.action === 'liveStreamStarted' ? 500 : 200);
  const webhooks = webhooksWith({ giveUpAfterMs: 3_000 });
  // Its end waits already.
  webhooks.notify(happened('liveStreamStarted', 'one'));
  webhooks.notify(happened('liveStreamEnded', 'one'));
  webhooks.notify(happened('publishTimeoutError', 'one'));
  await passBackOff(1_000);
  await passBackOff(2_000);
  await until(() => expect(webhooks.pending).toBe(0));
  // Its end comes later.
  webhooks.notify(happened('liveStreamStarted', 'one'));
  await passBackOff(1_000);
  await passBackOff(2_000);
  await until(() => expect(webhooks.pending).toBe(0));
  webhooks.notify(happened('liveStreamEnded', 'one'));
  webhooks.notify(happened('publishTimeoutError', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  expect(actions().filter((action) => !action.startsWith('liveStreamStarted'))).toEqual([
    'publishTimeoutError one',
    'publishTimeoutError one',
  ]);
  expect(failures.filter(({ outcome }) => outcome === 'lost')).toHaveLength(2);
});

test('with too many waiting nothing more starts, and all that has started ends', async () => {
  statusOf = () => 500;
  const webhooks = webhooksWith({ maxPending: 2 });
  for (const id of ['one', 'two', 'three', 'four']) webhooks.notify(happened('liveStreamStarted', id));
  expect(webhooks.pending).toBe(2);
  await until(() => expect(clock.running).toBe(2));
  for (const id of ['one', 'two', 'three', 'four']) webhooks.notify(happened('liveStreamEnded', id));
  expect(webhooks.pending).toBe(4);
  statusOf = () => 200;
  received = [];
  clock.pass(1_000);
  await until(() => expect(webhooks.pending).toBe(0));
  expect(actions().toSorted()).toEqual([
    'liveStreamEnded one',
    'liveStreamEnded two',
    'liveStreamStarted one',
    'liveStreamStarted two',
  ]);
  expect(failures.filter(({ reason }) => reason === 'Too many wait.').map(({ streamId }) => streamId)).toEqual([
    'three',
    'four',
  ]);
});

test('events of a room are in order, and players are distinguished', async () => {
  const webhooks = webhooksWith();
  const room = { mainTrack: 'room' };
  webhooks.notify(happened('firstActiveTrackAddedInMainTrack', 'anna', room));
  webhooks.notify(happened('subtrackAddedInTheMainTrack', 'anna', room));
  webhooks.notify(happened('subtrackAddedInTheMainTrack', 'ben', room));
  webhooks.notify(happened('subtrackLeftTheMainTrack', 'anna', room));
  webhooks.notify(happened('subtrackLeftTheMainTrack', 'ben', room));
  webhooks.notify(happened('noActiveSubtracksLeftInMainTrack', 'ben', room));
  await until(() => expect(webhooks.pending).toBe(0));
  expect(actions()).toEqual([
    'firstActiveTrackAddedInMainTrack anna',
    'subtrackAddedInTheMainTrack anna',
    'subtrackAddedInTheMainTrack ben',
    'subtrackLeftTheMainTrack anna',
    'subtrackLeftTheMainTrack ben',
    'noActiveSubtracksLeftInMainTrack ben',
  ]);
  received = [];
  webhooks.notify(happened('playStarted', 'one', { by: 1 }));
  webhooks.notify(happened('playStarted', 'one', { by: 2 }));
  webhooks.notify(happened('playStopped', 'one', { by: 1 }));
  webhooks.notify(happened('playStopped', 'one', { by: 2 }));
  webhooks.notify(happened('playStopped', 'one', { by: 2 }));
  await until(() => expect(webhooks.pending).toBe(0));
  expect(received).toHaveLength(4);
});

test('a receiver that is not there, redirects or does not answer in time has not accepted', async () => {
  statusOf = ({ path }) => (path === '/all' ? 302 : 200);
  const redirected = webhooksWith({ giveUpAfterMs: 0 });
  redirected.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(redirected.pending).toBe(0));
  expect(received.map(({ path }) => path)).toEqual(['/all']);

  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const unanswered = webhooksWith({ url: silentUrl, timeoutMs: 50, giveUpAfterMs: 0 });
  unanswered.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(unanswered.pending).toBe(0));

  // Nothing listens on a client's port, and no other process gets it.
  const client = connect((silent.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const absent = webhooksWith({ url: `http://127.0.0.1:${client.localPort}`, giveUpAfterMs: 0 });
  absent.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(absent.pending).toBe(0));
  client.destroy();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  expect(failures.map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'lost']);
  expect(failures[0]?.reason).toBe('HTTP 302');
  expect(failures[1]?.reason).toMatch(/timeout/);
  expect(failures[2]?.reason).toMatch(/ECONNREFUSED/);
});

test('a store that does not answer does not keep webhooks back', async () => {
  const broken = {
    ...store,
    of: () => {
      throw new Error('disk');
    },
  };
  const webhooks = webhooksWith({ store: broken });
  webhooks.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  expect(actions()).toEqual(['liveStreamStarted one']);
  expect(failures[0]?.reason).toMatch(/disk/);
});

test('closing tries everything once more, and then lets go', async () => {
  statusOf = ({ body }) => (body.id === 'one' ? 500 : 200);
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  webhooks.notify(happened('liveStreamStarted', 'two'));
  await until(() => expect(webhooks.pending).toBe(1));
  await until(() => expect(clock.running).toBe(1));
  webhooks.notify(happened('liveStreamEnded', 'two'));
  await webhooks.close(10_000);
  expect(webhooks.pending).toBe(0);
  expect(clock.running).toBe(0);
  expect(actions().filter((action) => action.endsWith('one'))).toHaveLength(2);
  expect(actions()).toContain('liveStreamEnded two');
  webhooks.notify(happened('liveStreamStarted', 'three'));
  expect(webhooks.pending).toBe(0);
});

/** An outbox as a file would have it, beyond the process that writes it. */
function outbox() {
  const kept = new Map<string, string>();
  return {
    kept,
    put: (id: string, text: string) => void kept.set(id, text),
    remove: (id: string) => void kept.delete(id),
    all: () => [...kept].map(([id, text]) => ({ id, text })),
  };
}

test('a client fills its own share of the queue, and not that of others', async () => {
  statusOf = () => 500;
  const webhooks = webhooksWith({ maxPending: 100, maxPendingPerClient: 10 });
  const attacker = { remoteAddress: '192.0.2.66' };
  for (let index = 0; index < 1_000; index += 1)
    webhooks.notify(happened('publishTimeoutError', `a${index}`, attacker));
  for (let index = 0; index < 1_000; index += 1) webhooks.notify(happened('liveStreamStarted', `b${index}`, attacker));
  expect(webhooks.pending).toBe(10);
  for (let index = 0; index < 8; index += 1)
    webhooks.notify(happened('liveStreamStarted', `own${index}`, { remoteAddress: '192.0.2.1' }));
  expect(webhooks.pending).toBe(18);
  expect(new Set(failures.map(({ reason }) => reason))).toContain('Too many of this client wait.');
});

test('events without an end take at most half of the queue, from any number of clients', async () => {
  statusOf = () => 500;
  const webhooks = webhooksWith({ maxPending: 100 });
  for (let index = 0; index < 1_000; index += 1)
    webhooks.notify(happened('publishTimeoutError', `a${index}`, { remoteAddress: `192.0.2.${index % 250}` }));
  expect(webhooks.pending).toBe(50);
  webhooks.notify(happened('liveStreamStarted', 'one', { remoteAddress: '192.0.2.1' }));
  expect(webhooks.pending).toBe(51);
});

test('the end of an accepted start is retried until it is accepted, also after an hour', async () => {
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  await until(() => expect(webhooks.pending).toBe(0));
  statusOf = () => 500;
  webhooks.notify(happened('liveStreamEnded', 'one'));
  await until(() => expect(clock.running).toBe(1));
  now += 7_200_000;
  clock.pass(60_000);
  await until(() => expect(received.length).toBeGreaterThan(2));
  expect(webhooks.pending).toBe(1);
  expect(failures.filter(({ outcome }) => outcome === 'lost')).toEqual([]);
  statusOf = () => 200;
  await until(() => expect(clock.running).toBe(1));
  clock.pass(60_000);
  await until(() => expect(webhooks.pending).toBe(0));
});

test('with an outbox, a killed process loses nothing, and its starts get their ends', async () => {
  const box = outbox();
  const kept = { ...store, outbox: box };
  const before = webhooksWith({ store: kept });
  before.notify(happened('liveStreamStarted', 'told'));
  await until(() => expect(before.pending).toBe(0));
  statusOf = () => 500;
  before.notify(happened('liveStreamStarted', 'waiting'));
  before.notify(happened('publishTimeoutError', 'alone'));
  before.notify(happened('liveStreamStarted', 'both'));
  before.notify(happened('liveStreamEnded', 'both'));
  await until(() => expect(received.length).toBeGreaterThanOrEqual(4));
  const first = received.find(({ body }) => body.id === 'waiting')?.headers['webhook-id'];
  // No ends are sent: the process is killed, and another starts with the file.
  received = [];
  statusOf = () => 200;
  const after = webhooksWith({ store: kept });
  await until(() => expect(after.pending).toBe(0));
  expect(actions().toSorted()).toEqual(
    [
      'liveStreamEnded both',
      'liveStreamEnded told',
      'liveStreamEnded waiting',
      'liveStreamStarted both',
      'liveStreamStarted waiting',
      'publishTimeoutError alone',
    ].toSorted(),
  );
  const order = actions().filter((action) => action.endsWith('waiting'));
  expect(order).toEqual(['liveStreamStarted waiting', 'liveStreamEnded waiting']);
  expect(
    received.find(({ body }) => body.action === 'liveStreamStarted' && body.id === 'waiting')?.headers,
  ).toMatchObject({
    'webhook-id': first,
  });
  expect([...box.kept]).toEqual([]);
});

test('with an outbox, webhooks left at a stop are sent at the next start', async () => {
  const box = outbox();
  const kept = { ...store, outbox: box };
  statusOf = () => 500;
  const before = webhooksWith({ store: kept });
  before.notify(happened('liveStreamStarted', 'one'));
  before.notify(happened('liveStreamEnded', 'one'));
  await until(() => expect(clock.running).toBe(1));
  await before.close(10_000);
  expect(failures.filter(({ outcome }) => outcome === 'lost')).toEqual([]);
  statusOf = () => 200;
  received = [];
  const after = webhooksWith({ store: kept });
  await until(() => expect(after.pending).toBe(0));
  expect(actions()).toEqual(['liveStreamStarted one', 'liveStreamEnded one']);
  expect([...box.kept]).toEqual([]);
});

test('32 webhooks are in flight at a time, and the others wait for their turn', async () => {
  const answers: (() => void)[] = [];
  const slow = createServer((request, response) => {
    request.resume();
    answers.push(() => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const webhooks = webhooksWith({
    url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    timeoutMs: 60_000,
  });
  for (let count = 0; count < 40; count += 1) webhooks.notify(happened('liveStreamStarted', `s${count}`));
  await until(() => expect(answers.length).toBeGreaterThanOrEqual(32));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answers).toHaveLength(32);
  answers[0]?.();
  await until(() => expect(answers).toHaveLength(33));
  for (let at = 1; at < 40; at += 1) {
    await until(() => expect(answers.length).toBeGreaterThan(at));
    answers[at]?.();
  }
  await until(() => expect(webhooks.pending).toBe(0));
  slow.closeAllConnections();
  await new Promise((resolve) => slow.close(resolve));
});

test('a webhook that is not accepted is tried again after at most a minute', async () => {
  statusOf = () => (received.length < 10 ? 500 : 200);
  const webhooks = webhooksWith();
  webhooks.notify(happened('liveStreamStarted', 'one'));
  for (let failures = 1; failures < 10; failures += 1) {
    await until(() => expect(received).toHaveLength(failures));
    await passBackOff(60_000);
  }
  await until(() => expect(webhooks.pending).toBe(0));
  expect(received).toHaveLength(10);
});

test('a user and a password in the address are sent as a header, and are in no report', async () => {
  statusOf = () => 500;
  const webhooks = webhooksWith({ url: `${url.replace('//', '//user:pass@')}/all` });
  webhooks.notify(happened('publishTimeoutError', 's1'));
  await until(() => expect(failures).toHaveLength(1));
  expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
  expect(failures[0]).toMatchObject({ url: `${url}/all`, reason: 'HTTP 500' });
  await webhooks.close(0);
});
