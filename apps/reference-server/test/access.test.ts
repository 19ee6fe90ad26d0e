import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedProtocol, tokenProtocol } from '@sigchart/inspect';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { launchChromium } from './chromium.ts';
import { until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

const restPath = '/live/rest/v2/broadcasts/count';
const feedPath = '/inspector/feed';
const opened: { terminate(): void }[] = [];

afterEach(() => {
  for (const webSocket of opened.splice(0)) webSocket.terminate();
});

/** The status of a request that says what it likes. */
const status = (port: number, path: string, headers: Record<string, string> = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject).end();
  });

/** The status that a WebSocket handshake is answered with. */
const handshake = (port: number, path: string, headers: Record<string, string> = {}, token?: string) =>
  new Promise<number>((resolve) => {
    const protocols = [
      ...(path === feedPath ? [feedProtocol] : []),
      ...(token === undefined ? [] : [tokenProtocol(token)]),
    ];
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    opened.push(webSocket);
    webSocket.on('open', () => resolve(101));
    webSocket.on('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    webSocket.on('error', () => {});
  });

const portOf = (server: RunningServer) => Number(new URL(server.http).port);

describe('a server without a configured key', () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  test('prints one link, which opens the demo and the inspector, and whose token leaves the address', async () => {
    const [link = ''] = /http:\/\/localhost:\d+\/\?token=\S+/.exec(server.printed()) ?? [];
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', ({ message }) => wrong.push(message));
    await page.goto(link);
    await until(async () => expect(page.url()).toBe(`${server.http}/`));
    await page.locator('nav a', { hasText: 'Inspector' }).click();
    await until(async () => expect(await page.locator('body').textContent()).toContain('Live'));
    expect(page.url()).not.toContain('token');
    // The same link opens the inspector alone.
    const other = await browser.newPage();
    await other.goto(link.replace('/?', '/inspector/?'));
    await until(async () => expect(await other.locator('body').textContent()).toContain('Live'));
    expect(other.url()).not.toContain(server.key);
    expect(wrong).toEqual([]);
    await Promise.all([page, other].map((one) => one.close()));
  });

  test('accepts only that key for the REST API', async () => {
    const port = portOf(server);
    expect(await status(port, restPath)).toBe(401);
    expect(await status(port, restPath, { host: 'localhost' })).toBe(401);
    expect(await status(port, restPath, { authorization: `Bearer ${server.key}` })).toBe(200);
    expect(await handshake(port, feedPath)).toBe(401);
    expect(await handshake(port, feedPath, {}, server.key)).toBe(101);
  });

  test('sends every page with headers that keep others out', async () => {
    for (const path of ['/', '/publish.html', '/live/play/stream1', '/inspector/']) {
      const { headers } = await fetch(`${server.http}${path}`);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  test('makes up another key each time', async () => {
    const other = await startServer();
    expect(other.key).toMatch(/^[\w-]{32}$/);
    expect(other.key).not.toBe(server.key);
    expect(await other.stop()).toBe(0);
  });

  describe('behind a relay of TCP', () => {
    let relay: Server;

    beforeAll(async () => {
      relay = createServer((socket) => {
        const to = connect(portOf(server), '127.0.0.1');
        for (const one of [socket, to]) one.on('error', () => {});
        socket.pipe(to).pipe(socket);
      });
      await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    });

    afterAll(() => relay.close());

    test('refuses strangers that call themselves localhost', async () => {
      const { port } = relay.address() as AddressInfo;
      expect(await status(port, restPath, { host: 'localhost' })).toBe(401);
      expect(await handshake(port, feedPath, { host: 'localhost' })).toBe(401);
      expect(await handshake(port, '/live/websocket')).toBe(101);
    });
  });

  describe('behind nginx', () => {
    let folder: string;
    let nginx: ChildProcess;
    let port: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sigchart-nginx-'));
      const free = createServer();
      await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
      ({ port } = free.address() as AddressInfo);
      await new Promise((resolve) => free.close(resolve));
      const pass = `proxy_pass http://127.0.0.1:${portOf(server)};`;
      writeFileSync(
        join(folder, 'nginx.conf'),
        `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
        events {}
        http {
          access_log off;
          ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
          server {
            listen 127.0.0.1:${port};
            location / { ${pass} }
            location ~ (/websocket|/feed)$ {
              ${pass} proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
            }
          }
        }`,
      );
      nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
      await vi.waitFor(async () => expect(await status(port, '/')).toBe(200), { timeout: 60_000, interval: 50 });
    });

    afterAll(async () => {
      const exited = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    });

    test('refuses requests without the key, and accepts those with it', async () => {
      expect(await status(port, restPath)).toBe(401);
      expect(await handshake(port, feedPath)).toBe(401);
      expect(await status(port, restPath, { authorization: `Bearer ${server.key}` })).toBe(200);
      expect(await handshake(port, feedPath, {}, server.key)).toBe(101);
      expect(await handshake(port, '/live/websocket')).toBe(101);
    });
  });
});

test('the log has the client’s address as a trusted proxy reports it', async () => {
  const server = await startServer('--trust-proxy', 'loopback');
  const headers = { 'x-forwarded-for': '203.0.113.5, 198.51.100.7' };
  expect(await handshake(portOf(server), '/live/websocket', headers)).toBe(101);
  await until(async () => expect(server.log()).toContain('"remoteAddress":"198.51.100.7"'));
  expect(await server.stop()).toBe(0);
});

test('an admin port has the REST API, the metrics and the inspector for itself', async () => {
  const server = await startServer('--admin-port', '0');
  const [, adminPort = ''] = /:(\d+)\/inspector\//.exec(server.printed()) ?? [];
  const [admin, main] = [Number(adminPort), portOf(server)];
  expect(admin).not.toBe(main);
  const authorization = `Bearer ${server.key}`;
  for (const path of [restPath, '/metrics', '/inspector/']) {
    expect([path, await status(admin, path, { authorization })]).toEqual([path, 200]);
    expect([path, await status(main, path, { authorization })]).toEqual([path, 404]);
  }
  expect(await status(admin, restPath)).toBe(401);
  expect(await status(main, '/')).toBe(200);
  expect(await handshake(admin, feedPath, {}, server.key)).toBe(101);
  expect(await handshake(main, feedPath, {}, server.key)).toBe(404);
  expect(await handshake(admin, '/live/websocket')).toBe(404);
  expect(await handshake(main, '/live/websocket')).toBe(101);
  for (const webSocket of opened.splice(0)) webSocket.terminate();
  expect(await server.stop()).toBe(0);
});

test('origins, embedding and the demo follow the configuration', async () => {
  const server = await startServer(
    '--no-demo',
    '--origins',
    'https://app.example',
    '--frame-ancestors',
    'https://a.b,https://c.d',
  );
  const port = portOf(server);
  for (const path of ['/', '/publish.html', '/embed/play/stream.html/', '/live/play/', '/live/play/a/b'])
    expect([path, await status(port, path)]).toEqual([path, 404]);
  for (const path of ['/inspector/', '/live/play/stream1']) {
    const { headers } = await fetch(`${server.http}${path}`);
    expect(headers.get('content-security-policy')).toContain('frame-ancestors https://a.b https://c.d');
  }
  expect(await handshake(port, '/live/websocket', { origin: 'https://app.example' })).toBe(101);
  expect(await handshake(port, '/live/websocket', { origin: server.http })).toBe(403);
  expect(await handshake(port, '/live/websocket')).toBe(101);
  for (const webSocket of opened.splice(0)) webSocket.terminate();
  expect(await server.stop()).toBe(0);
});
