import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { launchChromium } from './chromium.ts';
import { until } from './page.ts';
import { type RunningServer, startWith } from './server.ts';

let folder: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigchart-uncaught-'));
  [server, browser] = await Promise.all([
    startWith(
      ['--import', fileURLToPath(new URL('throwing.ts', import.meta.url))],
      ['--store', join(folder, 'streams.db'), '--listener-hook-url', 'http://127.0.0.1:9/'],
    ),
    launchChromium(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A session from start to media, with both ends. */
async function works(streamId: string) {
  const publisher = await browser.newPage();
  const player = await browser.newPage();
  await publisher.goto(`${server.http}/publish.html?id=${streamId}&source=test&auto`);
  await until(async () => expect(await publisher.locator('#state').textContent()).toBe('publishing'));
  await player.goto(`${server.http}/play.html?id=${streamId}&auto`);
  await until(async () => expect(await player.locator('#state').textContent()).toBe('playing'));
  await Promise.all([publisher, player].map((page) => page.close()));
}

const logged = (text: string) => until(async () => expect(server.log()).toContain(text));

test('whatever adapter throws, other sessions work, and the cause is logged and counted', async () => {
  // Timers and promises outside of every session.
  server.signal('SIGUSR2');
  await logged('a timer was made to throw');
  await logged('a promise was made to reject');
  // The socket, and the store.
  const webSocket = new WebSocket(`${server.ws}/live/websocket`);
  await new Promise((resolve) => webSocket.once('open', resolve));
  webSocket.send('{"command":"publish","streamId":"poison"}');
  await logged('send was made to throw');
  webSocket.terminate();
  const rest = await fetch(`${server.http}/live/rest/v2/broadcasts/poison`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  expect(rest.status).toBe(503);
  await logged('all was made to throw');
  // The media and the webhooks, within sessions that are well.
  await works('one');
  await logged('emit was made to throw');
  await logged('fetch was made to throw');
  await works('two');
  const metrics = await (await fetch(`${server.http}/metrics`)).text();
  expect(metrics).toMatch(/^sigchart_exceptions_total\{where="uncaughtException"\} [1-9]/m);
  expect(metrics).toMatch(/^sigchart_exceptions_total\{where="unhandledRejection"\} 1$/m);
  expect(metrics).toMatch(/^sigchart_exceptions_total\{where="effect"\} [1-9]/m);
  expect(metrics).toMatch(/^sigchart_connected_total\{role="publisher"\} 2$/m);
  expect(metrics).toMatch(/^sigchart_connect_seconds_count\{role="player"\} 2$/m);
  for (const name of ['packets_received', 'packets_sent', 'bytes_received', 'bytes_sent', 'key_frame_requests'])
    expect(metrics).toMatch(new RegExp(`^sigchart_${name}_total [1-9]`, 'm'));
  expect(metrics).toMatch(/^sigchart_first_packet_seconds_count\{direction="received"\} [1-9]/m);
  expect(metrics).toMatch(/^sigchart_first_packet_seconds_count\{direction="sent"\} [1-9]/m);
  expect(await server.stop()).toBe(0);
});
