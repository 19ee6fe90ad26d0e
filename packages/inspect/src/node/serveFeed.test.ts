import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { run } from '@sigchart/core/session';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { setup } from 'xstate';
import { createFeed, type Feed } from '../feed/feed.ts';
import { inspectTo } from '../feed/inspectTo.ts';
import { tokenProtocol } from '../feed/protocol.ts';
import { createReader, type Reader } from '../reader/reader.ts';
import { createRecorder, type Recorder } from '../recorder/recorder.ts';
import { decodeLines } from '../trace/line.ts';
import { type ServedFeed, type ServeFeedOptions, serveFeed } from './serveFeed.ts';

const lamp = setup({ types: { events: {} as { type: 'press'; token?: string; note?: string } } }).createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { press: 'on' } }, on: { on: { press: 'off' } } },
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

let recorder: Recorder;
let feed: Feed;
let served: ServedFeed;
let http: Server;
let port: number;
const closing: (() => void)[] = [];

async function serve(options: ServeFeedOptions = {}) {
  recorder = createRecorder({ name: 'test' });
  feed = createFeed(recorder);
  served = serveFeed(feed, options);
  http = createServer();
  http.on('upgrade', (request, socket, head) => served.upgrade(request, socket, head) || socket.destroy());
  await new Promise<void>((resolve) => http.listen(0, resolve));
  ({ port } = http.address() as AddressInfo);
}

beforeEach(() => serve());

afterEach(async () => {
  for (const close of closing.splice(0)) close();
  served.close();
  await new Promise((resolve) => http.close(resolve));
});

const started = (of = recorder) => run({ machine: lamp, input: undefined, perform: () => {}, observe: of.observer() });

/** A viewer that reads the feed. */
async function view(query = ''): Promise<{ reader: Reader; webSocket: WebSocket; texts: string[] }> {
  const webSocket = new WebSocket(`ws://localhost:${port}/inspector/feed${query}`, [
    'sigchart.feed.2',
    tokenProtocol(served.token),
  ]);
  closing.push(() => webSocket.terminate());
  const reader = createReader();
  const texts: string[] = [];
  webSocket.on('message', (data) => {
    const { records, illegible } = decodeLines(String(data));
    expect(illegible).toEqual([]);
    texts.push(String(data));
    reader.read(records);
  });
  await new Promise((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('error', reject);
  });
  return { reader, webSocket, texts };
}

const watch = (webSocket: WebSocket, ...runs: string[]) => webSocket.send(JSON.stringify({ watch: runs }));

/** The status that a handshake is answered with. */
const status = (path: string, headers: Record<string, string>, protocols = ['sigchart.feed.2']) =>
  new Promise<number>((resolve) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    webSocket.once('open', () => resolve(101));
    webSocket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    webSocket.once('error', () => {});
    closing.push(() => webSocket.terminate());
  });

describe('a viewer', () => {
  test('receives every run, earlier and later ones', async () => {
    const before = started();
    before.send({ type: 'press' });
    const { reader } = await view();
    await until(() => expect(reader.runs.get('r1')?.record).toMatchObject({ state: 'on', seq: 2 }));
    expect(reader.trace).toMatchObject({ version: 2, name: 'test' });
    started();
    before.send({ type: 'press' });
    await until(() => expect(reader.runs.get('r1')?.record.state).toBe('off'));
    await until(() => expect(reader.runs.get('r2')?.record.state).toBe('off'));
    expect(reader.runs.get('r1')?.transitions).toEqual([]);
  });

  test('receives the transitions of watched runs from the first one, without gap or repetition', async () => {
    const running = started();
    for (let press = 0; press < 5; press += 1) running.send({ type: 'press' });
    const { reader, webSocket } = await view();
    watch(webSocket, 'r1');
    await until(() => expect(reader.runs.get('r1')?.transitions).toHaveLength(6));
    running.send({ type: 'press' });
    await until(() => expect(reader.runs.get('r1')?.transitions).toHaveLength(7));
    watch(webSocket);
    watch(webSocket, 'r1');
    running.send({ type: 'press' });
    await until(() => expect(reader.runs.get('r1')?.transitions).toHaveLength(8));
    expect(reader.runs.get('r1')?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('receives how often each edge was taken', async () => {
    const { reader } = await view();
    const running = started();
    for (let press = 0; press < 5; press += 1) running.send({ type: 'press' });
    await until(() => expect([...reader.coverage.values()]).toMatchObject([{ edges: [3, 2], now: [1, 0, 1] }]));
  });

  test('never sees a secret', async () => {
    const { reader, webSocket, texts } = await view();
    const running = started();
    running.send({ type: 'press', token: 'hunter2' });
    watch(webSocket, 'r1');
    await until(() => expect(reader.runs.get('r1')?.transitions).toHaveLength(2));
    expect(texts.join()).not.toContain('hunter2');
  });

  test('cannot change anything', async () => {
    const running = started();
    const { webSocket, reader } = await view();
    for (const text of [
      '',
      '{}',
      '[]',
      '{"watch":7}',
      '{"watch":["nobody","__proto__"]}',
      '{"kind":"forgotten","runs":["r1"]}',
    ])
      webSocket.send(text);
    webSocket.send(Buffer.from([1, 2, 3]));
    running.send({ type: 'press' });
    await until(() => expect(reader.runs.get('r1')?.record.state).toBe('on'));
    expect([...reader.runs.keys()]).toEqual(['r1']);
  });

  test('that reads nothing is dropped, while another receives everything', async () => {
    const running = started();
    const slow = connectTcp(port, 'localhost');
    closing.push(() => slow.destroy());
    let gone = false;
    slow.on('close', () => {
      gone = true;
    });
    slow.write(
      `GET /inspector/feed HTTP/1.1\r\nAuthorization: Bearer ${served.token}\r\nHost: localhost\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until(() => expect(feed.counts.viewers).toBe(1));
    // A masked text frame: {"watch":["r1"]}
    const wish = Buffer.from('{"watch":["r1"]}');
    slow.write(Buffer.concat([Buffer.from([0x81, 0x80 | wish.length, 0, 0, 0, 0]), wish]));
    slow.pause();
    const { reader, webSocket } = await view();
    watch(webSocket, 'r1');
    const note = 'x'.repeat(60_000);
    const pressing = setInterval(() => {
      for (let press = 0; press < 20; press += 1) running.send({ type: 'press', note });
    }, 100);
    closing.push(() => clearInterval(pressing));
    await until(() => expect(feed.counts.viewers).toBe(1));
    clearInterval(pressing);
    slow.resume();
    await until(() => expect(gone).toBe(true));
    running.send({ type: 'press', note: 'last' });
    await until(() =>
      expect(reader.runs.get('r1')?.transitions.at(-1)?.event).toEqual({ type: 'press', note: 'last' }),
    );
  });
});

describe('a client', () => {
  test('adds its side to what viewers see', async () => {
    const inspecting = inspectTo(`ws://localhost:${port}/inspector/feed?token=${served.token}`, { name: 'browser' });
    closing.push(() => inspecting.close());
    const running = started(inspecting);
    running.send({ type: 'press', token: 'hunter2' });
    started();
    const { reader, webSocket, texts } = await view();
    await until(() => expect([...reader.runs.keys()].toSorted()).toEqual(['c1.r1', 'r1']));
    watch(webSocket, 'c1.r1');
    await until(() => expect(reader.runs.get('c1.r1')?.transitions).toHaveLength(2));
    running.send({ type: 'press' });
    await until(() => expect(reader.runs.get('c1.r1')?.transitions).toHaveLength(3));
    expect(reader.runs.get('c1.r1')?.record).toMatchObject({ recorder: 'browser', state: 'off', status: 'active' });
    inspecting.close();
    await until(() => expect(reader.runs.get('c1.r1')?.record.status).toBe('stopped'));
    expect(texts.join()).not.toContain('hunter2');
  });

  test('that connects late reports what it has dropped', async () => {
    const inspecting = inspectTo(`ws://localhost:${port}/inspector/feed?token=${served.token}`, {
      limits: { perRun: 5 },
    });
    closing.push(() => inspecting.close());
    const running = started(inspecting);
    for (let press = 0; press < 50; press += 1) running.send({ type: 'press' });
    const { reader, webSocket } = await view();
    await until(() => expect(reader.runs.get('c1.r1')?.record.seq).toBe(51));
    watch(webSocket, 'c1.r1');
    await until(() => expect(reader.runs.get('c1.r1')?.transitions.at(-1)?.seq).toBe(51));
    const run = reader.runs.get('c1.r1');
    expect(run?.dropped?.seq).toBe((run?.transitions[0]?.seq ?? 0) - 1);
  });

  test('that sends invalid data does not affect others', async () => {
    const webSocket = new WebSocket(`ws://localhost:${port}/inspector/feed?token=${served.token}`, 'sigchart.trace.2');
    closing.push(() => webSocket.terminate());
    await new Promise((resolve) => webSocket.once('open', resolve));
    const run = {
      kind: 'run',
      run: 'r1',
      machine: '0123456789abcdef',
      time: 1,
      recorder: 'x',
      labels: {},
      seq: 0,
      since: 1,
      status: 'active',
    };
    for (const record of [
      run,
      {
        kind: 'machine',
        hash: '0123456789abcdef',
        definition: { id: 'x', states: [{ id: 'x', key: 'x', type: 'atomic' }], edges: [] },
      },
      run,
      {
        kind: 'transition',
        run: 'r1',
        seq: 1,
        order: 1,
        time: 1,
        event: { type: 'a' },
        taken: [99],
        state: 'x',
        effects: [],
        context: [],
      },
    ])
      webSocket.send(JSON.stringify(record));
    webSocket.send('{'.repeat(1000));
    started();
    const { reader } = await view();
    await until(() => expect([...reader.runs.keys()]).toEqual(['r1']));
  });
});

describe('who may come in', () => {
  const path = '/inspector/feed';

  test('without a configured token, servers generate a random one', async () => {
    expect(served.token).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(serveFeed(feed).token).not.toBe(served.token);
    expect(await status(path, {})).toBe(401);
    expect(await status(path, {}, ['sigchart.feed.2', tokenProtocol(served.token)])).toBe(101);
    expect(await status(path, { authorization: `Bearer ${served.token}` })).toBe(101);
    expect(await status(`${path}?token=${served.token}`, {})).toBe(101);
  });

  test.each([
    ['from this machine', {}],
    ['from a page of this machine', { origin: 'http://localhost:5173' }],
    ['as a relay on this machine asks for anybody', { host: 'localhost' }],
    ['as a proxy on this machine asks for anybody', { 'x-forwarded-for': '127.0.0.1', host: 'localhost' }],
    ['under a name that was bent to this machine', { host: 'evil.example', origin: 'http://evil.example' }],
    ['with a token that is wrong', { authorization: 'Bearer wrong' }],
    ['with a token that is none', { 'sec-websocket-protocol': 'sigchart.feed.2, sigchart.token.x' }],
  ])('nobody without the token: %s', async (_, headers) => {
    expect(await status(path, headers)).toBe(401);
    expect(await status(path, headers, ['sigchart.trace.2'])).toBe(401);
  });

  test('with it any client, or pages of the allowed origins', async () => {
    const authorization = `Bearer ${served.token}`;
    expect(await status(path, { authorization, host: 'sig.example', origin: 'https://sig.example' })).toBe(101);
    served.close();
    await new Promise((resolve) => http.close(resolve));
    await serve({ token: 'open sésame', origins: ['https://app.example'] });
    const shown = `${path}?token=open+s%C3%A9same`;
    expect(await status(shown, {})).toBe(101);
    expect(await status(path, {}, ['sigchart.feed.2', tokenProtocol('open sésame')])).toBe(101);
    expect(await status(shown, { origin: 'https://app.example' })).toBe(101);
    expect(await status(shown, { origin: 'https://evil.example' })).toBe(403);
    expect(await status(shown, { origin: 'null' })).toBe(403);
  });

  test('no more than 256 at once', async () => {
    const path = `/inspector/feed?token=${served.token}`;
    const all = await Promise.all(Array.from({ length: 256 }, () => status(path, {})));
    expect(new Set(all)).toEqual(new Set([101]));
    expect(await status(path, {})).toBe(503);
  });

  test('nobody with a message of more than 1 MiB', async () => {
    const webSocket = new WebSocket(`ws://localhost:${port}/inspector/feed?token=${served.token}`, 'sigchart.trace.2');
    closing.push(() => webSocket.terminate());
    await new Promise((resolve) => webSocket.once('open', resolve));
    const closed = new Promise((resolve) => webSocket.once('close', resolve));
    webSocket.send(' '.repeat(2 ** 20 + 1));
    expect(await closed).toBe(1009);
  });

  test('a token that is empty is refused', () => {
    expect(() => serveFeed(feed, { token: '' })).toThrow('empty');
  });

  test('another upgrade is left to others', () => {
    const request = { url: path, headers: { upgrade: 'h2c' } };
    expect(served.upgrade(request as never, undefined as never, undefined as never)).toBe(false);
  });

  test('a path that is not the feed is left to others', async () => {
    const request = { url: '/inspector/other', headers: {} };
    expect(served.upgrade(request as never, undefined as never, undefined as never)).toBe(false);
  });
});

test('the connection of a refused viewer is closed, even if it keeps its side open', async () => {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  closing.push(() => socket.destroy());
  socket.on('error', () => {});
  socket.resume();
  socket.write('GET /inspector/feed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await new Promise((resolve) => socket.once('end', resolve));
  const open = () => new Promise<number>((resolve) => http.getConnections((_, count) => resolve(count)));
  await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 10_000 });
});
