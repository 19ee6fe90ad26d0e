import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { run } from '@sigchart/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { setup } from 'xstate';
import { createFeed, type Feed } from '../feed/feed.ts';
import { inspectTo } from '../feed/inspectTo.ts';
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

/** Somebody who views the feed and puts together what it says. */
async function view(query = ''): Promise<{ reader: Reader; webSocket: WebSocket; texts: string[] }> {
  const webSocket = new WebSocket(`ws://localhost:${port}/inspector/feed${query}`, 'sigchart.feed.1');
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

const watch = (webSocket: WebSocket, ...sessions: string[]) => webSocket.send(JSON.stringify({ watch: sessions }));

/** The status that a handshake is answered with. */
const status = (path: string, headers: Record<string, string>, protocol = 'sigchart.feed.1') =>
  new Promise<number>((resolve) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol, { headers });
    webSocket.once('open', () => resolve(101));
    webSocket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    webSocket.once('error', () => {});
    closing.push(() => webSocket.terminate());
  });

describe('a viewer', () => {
  test('is told of every session, what was before it came and what comes', async () => {
    const before = started();
    before.send({ type: 'press' });
    const { reader } = await view();
    await until(() => expect(reader.sessions.get('s1')?.record).toMatchObject({ state: 'on', seq: 2 }));
    expect(reader.trace).toMatchObject({ version: 1, name: 'test' });
    started();
    before.send({ type: 'press' });
    await until(() => expect(reader.sessions.get('s1')?.record.state).toBe('off'));
    await until(() => expect(reader.sessions.get('s2')?.record.state).toBe('off'));
    expect(reader.sessions.get('s1')?.transitions).toEqual([]);
  });

  test('is told the transitions of what it watches, from the first, without gap or repetition', async () => {
    const running = started();
    for (let press = 0; press < 5; press += 1) running.send({ type: 'press' });
    const { reader, webSocket } = await view();
    watch(webSocket, 's1');
    await until(() => expect(reader.sessions.get('s1')?.transitions).toHaveLength(6));
    running.send({ type: 'press' });
    await until(() => expect(reader.sessions.get('s1')?.transitions).toHaveLength(7));
    watch(webSocket);
    watch(webSocket, 's1');
    running.send({ type: 'press' });
    await until(() => expect(reader.sessions.get('s1')?.transitions).toHaveLength(8));
    expect(reader.sessions.get('s1')?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('is told how often each edge was taken', async () => {
    const { reader } = await view();
    const running = started();
    for (let press = 0; press < 5; press += 1) running.send({ type: 'press' });
    await until(() => expect([...reader.coverage.values()]).toMatchObject([{ edges: [3, 2], now: [1, 0, 1] }]));
  });

  test('never sees a secret', async () => {
    const { reader, webSocket, texts } = await view();
    const running = started();
    running.send({ type: 'press', token: 'hunter2' });
    watch(webSocket, 's1');
    await until(() => expect(reader.sessions.get('s1')?.transitions).toHaveLength(2));
    expect(texts.join()).not.toContain('hunter2');
  });

  test('changes nothing, whatever it says', async () => {
    const running = started();
    const { webSocket, reader } = await view();
    for (const text of [
      '',
      '{}',
      '[]',
      '{"watch":7}',
      '{"watch":["nobody","__proto__"]}',
      '{"kind":"forgotten","sessions":["s1"]}',
    ])
      webSocket.send(text);
    webSocket.send(Buffer.from([1, 2, 3]));
    running.send({ type: 'press' });
    await until(() => expect(reader.sessions.get('s1')?.record.state).toBe('on'));
    expect([...reader.sessions.keys()]).toEqual(['s1']);
  });

  test('that reads nothing is dropped, while another is told everything', async () => {
    const running = started();
    const slow = connectTcp(port, 'localhost');
    closing.push(() => slow.destroy());
    let gone = false;
    slow.on('close', () => {
      gone = true;
    });
    slow.write(
      'GET /inspector/feed HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until(() => expect(feed.counts.viewers).toBe(1));
    // A masked text frame: {"watch":["s1"]}
    const wish = Buffer.from('{"watch":["s1"]}');
    slow.write(Buffer.concat([Buffer.from([0x81, 0x80 | wish.length, 0, 0, 0, 0]), wish]));
    slow.pause();
    const { reader, webSocket } = await view();
    watch(webSocket, 's1');
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
      expect(reader.sessions.get('s1')?.transitions.at(-1)?.event).toEqual({ type: 'press', note: 'last' }),
    );
  });
});

describe('a client', () => {
  test('adds its side to what viewers see', async () => {
    const inspecting = inspectTo(`ws://localhost:${port}/inspector/feed`, { name: 'browser' });
    closing.push(() => inspecting.close());
    const running = started(inspecting);
    running.send({ type: 'press', token: 'hunter2' });
    started();
    const { reader, webSocket, texts } = await view();
    await until(() => expect([...reader.sessions.keys()].toSorted()).toEqual(['c1.s1', 's1']));
    watch(webSocket, 'c1.s1');
    await until(() => expect(reader.sessions.get('c1.s1')?.transitions).toHaveLength(2));
    running.send({ type: 'press' });
    await until(() => expect(reader.sessions.get('c1.s1')?.transitions).toHaveLength(3));
    expect(reader.sessions.get('c1.s1')?.record).toMatchObject({ source: 'browser', state: 'off', status: 'active' });
    inspecting.close();
    await until(() => expect(reader.sessions.get('c1.s1')?.record.status).toBe('stopped'));
    expect(texts.join()).not.toContain('hunter2');
  });

  test('that comes late says what it has dropped', async () => {
    const inspecting = inspectTo(`ws://localhost:${port}/inspector/feed`, { limits: { perSession: 5 } });
    closing.push(() => inspecting.close());
    const running = started(inspecting);
    for (let press = 0; press < 50; press += 1) running.send({ type: 'press' });
    const { reader, webSocket } = await view();
    await until(() => expect(reader.sessions.get('c1.s1')?.record.seq).toBe(51));
    watch(webSocket, 'c1.s1');
    await until(() => expect(reader.sessions.get('c1.s1')?.transitions.at(-1)?.seq).toBe(51));
    const session = reader.sessions.get('c1.s1');
    expect(session?.dropped?.seq).toBe((session?.transitions[0]?.seq ?? 0) - 1);
  });

  test('that sends rubbish disturbs nobody', async () => {
    const webSocket = new WebSocket(`ws://localhost:${port}/inspector/feed`, 'sigchart.trace.1');
    closing.push(() => webSocket.terminate());
    await new Promise((resolve) => webSocket.once('open', resolve));
    const session = {
      kind: 'session',
      session: 's1',
      machine: '0123456789abcdef',
      time: 1,
      source: 'x',
      labels: {},
      seq: 0,
      since: 1,
      status: 'active',
    };
    for (const record of [
      session,
      {
        kind: 'machine',
        hash: '0123456789abcdef',
        definition: { id: 'x', states: [{ id: 'x', key: 'x', type: 'atomic' }], edges: [] },
      },
      session,
      {
        kind: 'transition',
        session: 's1',
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
    await until(() => expect([...reader.sessions.keys()]).toEqual(['s1']));
  });
});

describe('who may come in', () => {
  test('without a token, only this machine, from its own pages', async () => {
    const path = '/inspector/feed';
    expect(await status(path, {})).toBe(101);
    expect(await status(path, { origin: 'http://localhost:5173' })).toBe(101);
    expect(await status(path, { origin: 'https://evil.example' })).toBe(403);
    expect(await status(path, { origin: 'null' })).toBe(403);
    expect(await status(path, { host: 'evil.example', origin: 'http://evil.example' })).toBe(403);
    expect(await status(path, { host: 'evil.example' })).toBe(403);
    expect(await status(path, { 'x-forwarded-for': '192.0.2.1' })).toBe(403);
    expect(await status(path, { origin: 'https://evil.example' }, 'sigchart.trace.1')).toBe(403);
  });

  test('with one, whoever shows it, from the same host or one that is allowed', async () => {
    served.close();
    await new Promise((resolve) => http.close(resolve));
    await serve({ token: 'open sesame', origins: ['https://app.example'] });
    const path = '/inspector/feed?token=open+sesame';
    expect(await status('/inspector/feed', {})).toBe(401);
    expect(await status('/inspector/feed?token=open', {})).toBe(401);
    expect(await status(path, {})).toBe(101);
    expect(await status(path, { host: 'sig.example', origin: 'https://sig.example' })).toBe(101);
    expect(await status(path, { host: 'sig.example', 'x-forwarded-for': '192.0.2.1' })).toBe(101);
    expect(await status(path, { origin: 'https://app.example' })).toBe(101);
    expect(await status(path, { origin: 'https://evil.example' })).toBe(403);
  });

  test('a path that is not the feed is left to others', async () => {
    const request = { url: '/inspector/other', headers: {} };
    expect(served.upgrade(request as never, undefined as never, undefined as never)).toBe(false);
  });
});
