import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { fakeNetwork } from '@sigchart/webrtc';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type AppStore, createSignallingServer, type SignallingServerOptions } from '../src/index.ts';
import { createRest } from '../src/rest/rest.ts';
import { until } from './wire.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server mounted in an application whose other pages echo the request. */
async function serve(options: Partial<SignallingServerOptions> = {}) {
  const network = fakeNetwork();
  const signalling = createSignallingServer({ media: { connect: () => network.connect([]) }, ...options });
  const failures: unknown[] = [];
  const rest = createRest({
    live: signalling.live,
    store: storeless,
    authentication: { keys: ['key'] },
    failed: (error) => failures.push(error),
  });
  const http = createHttpServer(async (request, response) => {
    if (rest.serve(request, response)) return;
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end(JSON.stringify({ url: request.url, upgrade: request.headers.upgrade, body }));
  });
  http.on('upgrade', signalling.upgrade);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  closing.push(async () => {
    await signalling.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return { http, port, signalling, failures };
}

/** A store that knows apps, but answers nothing about them. */
const storeless = { of: () => ({}) as AppStore, close: () => {} };

/** Sends text over TCP, and collects the response. The client's side stays open. */
function send(port: number, text: string) {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  socket.on('data', (chunk) => {
    heard += String(chunk);
  });
  socket.on('error', () => {});
  closing.push(() => socket.destroy());
  socket.write(text);
  return { heard: () => heard, write: (more: string) => socket.write(more), abort: () => socket.resetAndDestroy() };
}

const lines = (...all: readonly string[]) => `${all.join('\r\n')}\r\n\r\n`;

test('an upgrade that this server does not know is ignored, the body read, and the connection kept', async () => {
  const { port } = await serve();
  const { heard, write } = send(
    port,
    `${lines(
      'POST /page HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, HTTP2-Settings, keep-alive',
      'Upgrade: h2c',
      'HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA',
      'Content-Length: 9',
    )}half `,
  );
  write('body');
  await until(() => expect(heard()).toContain('{"url":"/page","body":"half body"}'));
  write(lines('GET /again HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c'));
  await until(() => expect(heard()).toContain('{"url":"/again","body":""}'));
  expect(heard()).not.toContain('101');
});

test('a connection whose every request asks for an unknown upgrade ends after some of them', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  closing.push(() => process.off('warning', warned));
  const { port } = await serve();
  const request = lines('GET /page HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c');
  const { heard, write } = send(port, '');
  for (let count = 1; count <= 8; count += 1) {
    expect(heard().toLowerCase()).not.toContain('connection: close');
    write(request);
    await until(() => expect(heard().split('HTTP/1.1 200')).toHaveLength(count + 1));
  }
  expect(heard().toLowerCase()).toContain('connection: close');
  // Node warns of listeners that pile up.
  expect(warned).not.toHaveBeenCalled();
});

test('so is one of the REST API', async () => {
  const { port } = await serve();
  const head = ['GET /live/rest/v2/openapi.json HTTP/1.1', 'Host: localhost', 'Authorization: Bearer key'];
  const { heard } = send(port, lines(...head, 'Connection: Upgrade', 'Upgrade: h2c'));
  await until(() => expect(heard()).toContain('HTTP/1.1 200'));
});

test('a client that goes away while it sends a body is no failure of the server', async () => {
  const { http, port, failures } = await serve();
  const head = ['POST /live/rest/v2/broadcasts/create HTTP/1.1', 'Host: localhost', 'Authorization: Bearer key'];
  const closed = new Promise<void>((resolve) => {
    http.on('request', (request) => request.socket.once('close', () => setImmediate(resolve)));
  });
  const { abort } = send(port, `${lines(...head, 'Content-Length: 100')}{`);
  await until(() => expect(http.listenerCount('request')).toBe(2));
  await new Promise((resolve) => http.once('request', resolve));
  abort();
  await closed;
  expect(failures).toEqual([]);
});

test('a socket opens under a target in absolute form', async () => {
  const { port, signalling } = await serve();
  const { heard } = send(
    port,
    lines(
      `GET http://localhost:${port}/live/websocket HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: WebSocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
  );
  await until(() => expect(heard()).toContain('101 Switching Protocols'));
  expect(signalling.counts.sockets).toBe(1);
});

const handshake = (port: number, headers: Record<string, string>) =>
  new Promise<number>((resolve) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}/live/websocket`, { headers });
    closing.push(() => webSocket.terminate());
    webSocket.on('open', () => resolve(101));
    webSocket.on('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    webSocket.on('error', () => {});
  });

test('with configured origins, pages of other origins are refused, and clients outside of pages are not', async () => {
  const { port } = await serve({ origins: ['https://app.example'] });
  expect(await handshake(port, { origin: 'https://app.example' })).toBe(101);
  expect(await handshake(port, { origin: 'https://evil.example' })).toBe(403);
  expect(await handshake(port, { origin: 'null' })).toBe(403);
  expect(await handshake(port, {})).toBe(101);
});

test('policies, observers and notifications get the client’s address', async () => {
  const asked: unknown[] = [];
  const observed = new Set<unknown>();
  const { port } = await serve({
    remoteAddressOf: ({ headers }) => String(headers['x-test']),
    authorize: ({ remoteAddress }) => {
      asked.push(remoteAddress);
      return undefined;
    },
    observe: ({ remoteAddress }) => {
      observed.add(remoteAddress);
      return () => {};
    },
  });
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/live/websocket`, { headers: { 'x-test': '192.0.2.7' } });
  closing.push(() => webSocket.terminate());
  webSocket.on('open', () => webSocket.send('{"command":"publish","streamId":"one"}'));
  await until(() => expect(asked).toEqual(['192.0.2.7']));
  expect(observed).toContain('192.0.2.7');
});

test.each([
  ['a path that is not served', '/nowhere', 404],
  ['another origin', '/live/websocket', 403],
])(
  'the connection of a refused WebSocket is closed, even if the client keeps its side open: %s',
  async (_, path, status) => {
    const { http, port } = await serve({ origins: ['https://app.example'] });
    const socket = ['Connection: Upgrade', 'Upgrade: websocket', 'Origin: https://evil.example'];
    const { heard } = send(port, lines(`GET ${path} HTTP/1.1`, 'Host: localhost', ...socket));
    await until(() => expect(heard()).toContain(`HTTP/1.1 ${status}`));
    const open = () => new Promise<number>((resolve) => http.getConnections((_, count) => resolve(count)));
    await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 10_000 });
  },
);
