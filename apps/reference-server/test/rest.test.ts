import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { plainPage, until } from './page.ts';
import { addSdk } from './sdkModules.ts';
import { type RunningServer, startServer } from './server.ts';

const script = readFileSync(new URL('sdkPage.js', import.meta.url), 'utf8');
const hookSecret = `whsec_${Buffer.from('what the webhooks are signed with').toString('base64')}`;
const key = 'what the application shows';

/** Globals that `sdkPage.js` sets. */
interface SdkWindow {
  sdkOpen(url: string, options: { play: boolean }): Promise<void>;
  readonly adaptor: { publish(streamId: string): void; play(streamId: string): void };
  readonly events: readonly { readonly info: string; readonly data?: unknown }[];
}

let folder: string;
let browser: Browser;
let receiver: Server;
let server: RunningServer;
/** Webhooks that the application received with a valid signature. */
const told: string[] = [];

const start = async () => {
  const { port } = receiver.address() as AddressInfo;
  server = await startServer(
    ...['--store', join(folder, 'streams.db'), '--rest-keys', key, '--hook-secret', hookSecret],
    ...['--listener-hook-url', `http://127.0.0.1:${port}/hook`],
  );
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigchart-rest-'));
  const verifier = new Verifier(hookSecret);
  receiver = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { action, id } = verifier.verify(text, request.headers as Record<string, string>) as Record<string, string>;
    told.push(`${action} ${id}`);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
  await start();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: string, authorization = `Bearer ${key}`) {
  const response = await fetch(`${server.http}/live/rest/v2${path}`, {
    method,
    headers: { authorization },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: await response.json() };
}

async function open(play: boolean) {
  const page = await plainPage(browser, server.http);
  await addSdk(page, server.http, script);
  await page.evaluate(([url, play]) => (window as unknown as SdkWindow).sdkOpen(url, { play }), [
    `${server.ws}/live/websocket`,
    play,
  ] as const);
  const events = () => page.evaluate(() => (window as unknown as SdkWindow).events);
  return {
    page,
    events,
    call: (method: 'publish' | 'play', streamId: string) =>
      page.evaluate(([method, streamId]) => (window as unknown as SdkWindow).adaptor[method](streamId), [
        method,
        streamId,
      ] as const),
    hears: (info: string) =>
      until(async () => expect(await events()).toContainEqual(expect.objectContaining({ info }))),
  };
}

test('an application registers a stream, watches, addresses and ends it, learns of all that, and finds it again', async () => {
  expect((await ask('GET', '/broadcasts/count', undefined, 'Bearer another')).status).toBe(401);
  await ask('POST', '/broadcasts/create', '{"streamId":"registered","name":"The first"}');
  const later = Math.floor(Date.now() / 1000) + 600;
  const { body: token } = await ask('GET', `/broadcasts/registered/token?expireDate=${later}&type=play`);

  const publisher = await open(false);
  await publisher.call('publish', 'registered');
  await publisher.hears('publish_started');
  const player = await open(true);
  await player.call('play', 'registered');
  await player.hears('play_started');
  expect((await ask('GET', '/broadcasts/registered')).body).toMatchObject({
    name: 'The first',
    status: 'broadcasting',
    webRTCViewerCount: 1,
  });
  await until(async () => {
    expect((await ask('POST', '/broadcasts/registered/data', 'from the application')).body.success).toBe(true);
    expect(await player.events()).toContainEqual(expect.objectContaining({ data: 'from the application' }));
  });

  expect((await ask('POST', '/broadcasts/registered/stop')).body.success).toBe(true);
  await publisher.hears('publish_finished');
  await player.hears('play_finished');
  await Promise.all([publisher, player].map(({ page }) => page.close()));
  await until(async () =>
    expect(told).toEqual(
      ['liveStreamStarted', 'playStarted', 'playStopped', 'liveStreamEnded'].map((action) => `${action} registered`),
    ),
  );

  expect(await server.stop()).toBe(0);
  await start();
  expect((await ask('GET', '/broadcasts/registered')).body).toMatchObject({ name: 'The first', zombi: false });
  expect((await ask('POST', '/broadcasts/validate-token', JSON.stringify(token))).body.success).toBe(true);
  expect((await ask('POST', '/broadcasts/validate-token', JSON.stringify(token))).body.success).toBe(false);
});

test('ends of live streams are sent when the server is stopped', async () => {
  told.length = 0;
  const publisher = await open(false);
  await publisher.call('publish', 'ended');
  await publisher.hears('publish_started');
  expect(await server.stop()).toBe(0);
  expect(told).toEqual(['liveStreamStarted ended', 'liveStreamEnded ended']);
  await publisher.page.close();
  await start();
});

test('a configuration that makes no sense is refused with a reason', async () => {
  await expect(startServer('--rest-jwt-secret', 'short')).rejects.toThrow('32 bytes');
  await expect(startServer('--listener-hook-url', 'nowhere')).rejects.toThrow('listenerHookUrl');
  await expect(startServer('--store', join(folder, 'no', 'such', 'folder.db'))).rejects.toThrow('error:');
  const secret = 'the same for players and administrators';
  await expect(startServer('--rest-jwt-secret', secret, '--stream-jwt-secret', secret)).rejects.toThrow('another');
});
