import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manualClock } from '@sigchart/core/testing';
import {
  createFeed,
  createReader,
  createRecorder,
  decodeLines,
  type Feed,
  feedPath,
  feedProtocol,
  maxWatched,
  type Reader,
  type Recorder,
  type RunRecord,
  tokenProtocol,
} from '@sigchart/inspect';
import { type ServedFeed, serveFeed } from '@sigchart/inspect/node';
import { createSignallingServer, type SignallingServer } from '@sigchart/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

const sessions = 5_000;
/** Number of sockets opened at a time: a listener has a queue. */
const atOnce = 50;
const questions = 5;
/** Far less than what happens, so that the recorder has to drop. Bytes. */
const archiveBytes = 16 * 1024 * 1024;
/** Size of a transition, as the recorder estimates it. Bytes. */
const transitionBytes = 1_000;

/** Under a minute on two cores that have nothing else to do; what it waits for may take far longer than that. Milliseconds. */
const timeout = 600_000;
const until = (check: () => void) => vi.waitFor(check, { timeout, interval: 100 });

let recorder: Recorder;
let feed: Feed;
let served: ServedFeed;
let signalling: SignallingServer;
let http: Server;
let url: string;

beforeEach(async () => {
  recorder = createRecorder({ name: 'server', limits: { bytes: archiveBytes } });
  feed = createFeed(recorder);
  served = serveFeed(feed);
  signalling = createSignallingServer({
    media: { connect: () => Promise.reject(new Error('there is no media here')) },
    observe: recorder.observer(),
    // All sockets of this test have one address.
    limits: { socketsPerAddress: 2 * sessions, addressMessageRate: 1_000_000, addressMessageBurst: 1_000_000 },
    // On a busy machine, 5 000 sockets of one process may answer pings late.
    clock: manualClock(),
  });
  http = createServer();
  http.on('upgrade', (request, socket, head) => {
    if (!served.upgrade(request, socket, head)) signalling.upgrade(request, socket, head);
  });
  http.listen(0, '127.0.0.1', 5_000);
  await once(http, 'listening');
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  served.close();
  await signalling.close();
  http.closeAllConnections();
  http.close();
});

/** A client of the server, with the messages it received. */
interface Client {
  readonly webSocket: WebSocket;
  readonly heard: string[];
}

async function connect(path: string, ...protocols: readonly string[]): Promise<Client> {
  const webSocket = new WebSocket(`${url}${path}`, [...protocols], { perMessageDeflate: false });
  const heard: string[] = [];
  webSocket.on('message', (data) => heard.push(String(data)));
  await once(webSocket, 'open');
  return { webSocket, heard };
}

const say = ({ webSocket }: Client, message: object) => webSocket.send(JSON.stringify(message));

/** A viewer of the feed that watches the first runs it learns of. */
async function view() {
  const { webSocket } = await connect(feedPath, feedProtocol, tokenProtocol(served.token));
  const reader = createReader();
  const wrong: unknown[] = [];
  let watches = false;
  webSocket.on('message', (data) => {
    const { records, illegible } = decodeLines(String(data));
    wrong.push(...illegible);
    reader.read(records);
    if (watches || reader.runs.size < maxWatched) return;
    watches = true;
    webSocket.send(JSON.stringify({ watch: [...reader.runs.keys()].slice(0, maxWatched) }));
  });
  return { reader, webSocket, wrong };
}

const stateOf = (record: RunRecord | undefined) => record && JSON.stringify([record.state, record.status]);

/** The runs that a viewer has recorded differently from the recorder. */
function unlike(reader: Reader): readonly string[] {
  const recorded = new Map(Array.from(recorder.runs(), (record) => [record.run, record]));
  const ids = new Set([...recorded.keys(), ...reader.runs.keys()]);
  return [...ids].filter((id) => stateOf(reader.runs.get(id)?.record) !== stateOf(recorded.get(id)));
}

const seesAll = (reader: Reader) => until(() => expect(unlike(reader)).toEqual([]));

/** Number of transitions that the recorder holds. */
function kept(): number {
  let count = 0;
  for (const { run } of recorder.runs())
    for (const { kind } of recorder.since(run, 0)) if (kind === 'transition') count += 1;
  return count;
}

/** Messages that one client sends, and those that it must receive. */
const conversation = (streamId: string) => ({
  says: [
    { command: 'join', streamId },
    ...Array.from({ length: questions }, () => ({ command: 'getStreamInfo', streamId })),
    { command: 'ping' },
  ],
  hears: ['joined', ...Array.from({ length: questions }, () => 'no_stream_exist'), 'pong'],
});

const meant = (text: string): string => {
  const { command, definition = command } = JSON.parse(text);
  return definition;
};

test(`${sessions} sessions and three viewers, one of which does not read`, { timeout }, async () => {
  const viewers = [await view(), await view()];
  const idle = await connect(feedPath, feedProtocol, tokenProtocol(served.token));
  let isDropped = false;
  idle.webSocket.once('close', () => {
    isDropped = true;
  });
  const clients: Client[] = [];
  for (let first = 0; first < sessions; first += atOnce)
    clients.push(...(await Promise.all(Array.from({ length: atOnce }, () => connect('/live/websocket')))));
  expect(signalling.counts.sockets).toBe(sessions);

  for (const [index, client] of clients.entries())
    for (const message of conversation(`call${index}`).says) say(client, message);
  await until(() => expect(clients.filter(({ heard }) => heard.length >= questions + 2).length).toBe(sessions));
  for (const [index, { heard }] of clients.entries())
    expect(heard.map(meant)).toEqual(conversation(`call${index}`).hears);
  expect(signalling.counts).toMatchObject({ sockets: sessions, roles: sessions, calls: sessions });

  // A socket and a call each: all of them are seen, in the state that they are in.
  for (const { reader } of viewers) {
    await until(() => expect(reader.runs.size).toBe(2 * sessions));
    await seesAll(reader);
  }

  // The viewer that does not read exceeds every buffer. The others do not wait for it.
  const last = clients.slice(-20);
  const isLast = ({ labels: { socket } }: RunRecord) => Number(socket) > sessions - last.length;
  const watched = [...recorder.runs()].filter(isLast);
  idle.webSocket.send(JSON.stringify({ watch: watched.map(({ run }) => run) }));
  idle.webSocket.pause();
  const metaData = 'x'.repeat(8_000);
  const talking = setInterval(() => {
    for (const [index, client] of last.entries())
      for (let time = 0; time < 8; time += 1)
        say(client, { command: 'joinRoom', room: `room${index}`, streamId: `member${index}`, metaData });
  }, 200);
  await until(() => expect(feed.counts.viewers).toBe(viewers.length));
  clearInterval(talking);
  const [someone] = clients;
  if (someone === undefined) throw new Error('nobody is there');
  say(someone, { command: 'ping' });
  await until(() => expect(someone.heard.length).toBe(questions + 3));
  idle.webSocket.resume();
  await until(() => expect(isDropped).toBe(true));

  // The archive is within its limit, though much more has happened.
  expect(kept()).toBeGreaterThan(0);
  expect(kept() * transitionBytes).toBeLessThanOrEqual(archiveBytes);
  const happened = Array.from(recorder.runs(), ({ seq }) => seq).reduce((sum, seq) => sum + seq, 0);
  expect(happened * transitionBytes).toBeGreaterThan(2 * archiveBytes);

  for (const { webSocket } of clients) webSocket.close();
  await until(() => expect(signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 }));
  for (const { reader, webSocket, wrong } of viewers) {
    await seesAll(reader);
    expect([...reader.runs.values()].filter(({ record }) => record.status === 'active')).toEqual([]);
    expect(wrong).toEqual([]);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    webSocket.close();
  }
  await until(() => expect(feed.counts.viewers).toBe(0));
});
