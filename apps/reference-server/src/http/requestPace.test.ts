import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type HttpLimits, RequestPace } from './requestPace.ts';

const closing: (() => unknown)[] = [];

/** An address from which the clients of a proxy come. */
const proxy = '127.0.0.3';

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server whose requests come from the address that they name. */
async function serve(limits: HttpLimits, listener: RequestListener = (_, response) => response.end('x')) {
  const pace = new RequestPace({
    ...limits,
    remoteAddressOf: ({ headers, socket }) => (headers['x-from'] as string | undefined) ?? socket.remoteAddress,
    isProxy: (address) => address === proxy,
  });
  const webSockets = new WebSocketServer({ noServer: true });
  const http = createServer(pace.requests(listener)).on('connection', pace.connected);
  http.on(
    'upgrade',
    pace.upgrades((request, socket, head) => webSockets.handleUpgrade(request, socket, head, () => {})),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const webSocket of webSockets.clients) webSocket.terminate();
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });
  return `127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const time = async (act: () => Promise<unknown>) => {
  const before = performance.now();
  await act();
  return performance.now() - before;
};

const many = (count: number, act: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, act));

const pipelined = (count: number) => 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count);

/** A connection from an address, the statuses that were answered on it, and whether it is closed. */
function open(host: string, localAddress = '127.0.0.1') {
  const socket = connect({ port: Number(host.split(':')[1]), host: '127.0.0.1', localAddress });
  closing.unshift(() => socket.destroy());
  let text = '';
  const seen = {
    isClosed: false,
    get statuses() {
      return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    },
    get answers() {
      return seen.statuses.filter((status) => status === '200').length;
    },
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.once('close', () => {
    seen.isClosed = true;
  });
  return { seen, send: (request: string) => socket.write(request) };
}

test('requests above the rate wait for their turn, and those of other addresses do not', async () => {
  const host = await serve({ requestRate: 10, requestBurst: 5 });
  const get = (localAddress: string) => async () => {
    const { seen, send } = open(host, localAddress);
    send(pipelined(1));
    await vi.waitFor(() => expect(seen.answers).toBe(1), { timeout: 10_000 });
  };
  const [busy, other] = [time(() => many(15, get('127.0.0.1'))), time(() => many(5, get('127.0.0.2')))];
  expect(await busy).toBeGreaterThan(900);
  expect(await other).toBeLessThan(await busy);
});

test('the metrics cost as much as many requests', async () => {
  const host = await serve({ requestRate: 80, requestBurst: 40 });
  const get = () => fetch(`http://${host}/metrics`);
  expect(await time(() => many(3, get))).toBeGreaterThan(900);
});

test('so do upgrades', async () => {
  const host = await serve({ requestRate: 10, requestBurst: 2 });
  const upgrade = () => {
    const webSocket = new WebSocket(`ws://${host}/`);
    closing.unshift(() => webSocket.terminate());
    return new Promise((resolve) => webSocket.once('open', resolve));
  };
  expect(await time(() => many(6, upgrade))).toBeGreaterThan(900);
});

test('a connection with too many unanswered requests is closed, and the rest of them is not served', async () => {
  const waiting: ServerResponse[] = [];
  const host = await serve({ requestRate: 10_000, requestBurst: 10_000 }, (_, response) => void waiting.push(response));
  const { seen, send } = open(host);
  send(pipelined(1_000));
  await vi.waitFor(() => expect(seen.isClosed).toBe(true), { timeout: 10_000 });
  await vi.waitFor(() => expect(waiting).toHaveLength(32));
});

test('requests that are answered may follow each other on one connection without a limit', async () => {
  const host = await serve({ requestRate: 10_000, requestBurst: 10_000 });
  const { seen, send } = open(host);
  for (let count = 1; count <= 10; count += 1) {
    send(pipelined(10));
    await vi.waitFor(() => expect(seen.answers).toBe(10 * count), { timeout: 10_000 });
  }
});

test('while requests of an address wait, none of its connections is read, and those of others are', async () => {
  const host = await serve({ requestRate: 1, requestBurst: 100 });
  const all = Array.from({ length: 10 }, () => open(host));
  for (const { send } of all) send(pipelined(1));
  await vi.waitFor(() => expect(all.every(({ seen }) => seen.answers === 1)).toBe(true), { timeout: 10_000 });
  for (const { send } of all) send(pipelined(1_000));
  const closed = () => all.filter(({ seen }) => seen.isClosed).length;
  await vi.waitFor(() => expect(closed()).toBe(1), { timeout: 10_000 });
  const late = open(host);
  late.send(pipelined(1_000));
  const neighbour = open(host, '127.0.0.2');
  for (let count = 1; count <= 5; count += 1) {
    neighbour.send(pipelined(1));
    await vi.waitFor(() => expect(neighbour.seen.answers).toBe(count), { timeout: 10_000 });
  }
  expect([closed(), late.seen.isClosed]).toEqual([1, false]);
});

test('they are read again as soon as what came is paid for', async () => {
  const host = await serve({ requestRate: 100, requestBurst: 10 });
  const [one, other] = [open(host), open(host)];
  for (const { send } of [one, other]) send(pipelined(1));
  await vi.waitFor(() => expect(other.seen.answers).toBe(1), { timeout: 10_000 });
  one.send(pipelined(30));
  other.send(pipelined(1));
  await vi.waitFor(() => expect([one.seen.answers, other.seen.answers]).toEqual([31, 2]), { timeout: 10_000 });
  other.send(pipelined(1));
  await vi.waitFor(() => expect(other.seen.answers).toBe(3), { timeout: 10_000 });
});

test('a connection that sends its requests one after the other is not read either while they wait', async () => {
  const seen: string[] = [];
  const host = await serve({ requestRate: 1, requestBurst: 2 }, ({ url = '' }, response) => {
    seen.push(url);
    response.end('x');
  });
  const { send } = open(host);
  for (const url of ['/1', '/2', '/3']) send(`GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await vi.waitFor(() => expect(seen).toEqual(['/1', '/2']), { timeout: 10_000 });
  // As many as would close the connection if they were read before it is the third one's turn.
  send(pipelined(100));
  await vi.waitFor(() => expect(seen).toContain('/3'), { timeout: 10_000 });
});

test('through a proxy, a request above the rate of its client is refused, and those of others are served', async () => {
  const host = await serve({ requestRate: 0, requestBurst: 3 });
  const { seen, send } = open(host, proxy);
  const get = (from: string) => send(`GET / HTTP/1.1\r\nHost: a\r\nx-from: ${from}\r\n\r\n`);
  for (let count = 0; count < 5; count += 1) get('192.0.2.1');
  get('192.0.2.2');
  await vi.waitFor(() => expect(seen.statuses).toEqual(['200', '200', '200', '429', '429', '200']), {
    timeout: 10_000,
  });
});
