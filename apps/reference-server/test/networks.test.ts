import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openUdpRelay, type UdpRelay } from '../../../packages/werift/src/test/udpRelay.ts';
import { type BrowserName, launchBoth } from './bothBrowsers.ts';
import { heldNothing, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

// Media while the network changes: docs/networks.md.

const script = readFileSync(new URL('networkPage.js', import.meta.url), 'utf8');

/** Counters of everything sent and received at one end so far. */
interface Progress {
  readonly state: string;
  readonly frames: number;
  readonly reports: number;
  readonly requests: number;
  readonly texts: number;
  readonly definitions: readonly string[];
}

/** Globals that the script sets. */
interface NetworkWindow {
  begin(name: string, url: string, command: string, streamId: string, relay?: string): Promise<void>;
  restart(name: string, delay: number): Promise<void>;
  progress(name: string): Promise<Progress>;
  say(name: string, text: string): void;
  finish(): void;
}

const address =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';

let server: RunningServer;
let browsers: Readonly<Record<BrowserName, Browser>>;
const pages: Page[] = [];
const relays = new Map<string, UdpRelay>();

beforeAll(async () => {
  [server, browsers] = await Promise.all([startServer(), launchBoth()]);
});

afterAll(async () => {
  await Promise.all(Object.values(browsers).map((browser) => browser.close()));
  expect(await server.stop()).toBe(0);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.evaluate(() => (window as unknown as NetworkWindow).finish())));
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await Promise.all([...relays.values()].map((relay) => relay.close()));
  relays.clear();
  await heldNothing(server);
});

async function openPage(name: BrowserName): Promise<Page> {
  const page = await browsers[name].newPage();
  pages.push(page);
  await page.goto(`${server.http}/metrics`);
  await page.exposeFunction('relayTo', async (end: string, host: string, port: number) => {
    const relay = relays.get(end) ?? (await openUdpRelay(host, port));
    relays.set(end, relay);
    return relay.port;
  });
  await page.evaluate(`${script};0`);
  return page;
}

const begin = (page: Page, name: string, command: 'publish' | 'play', relay?: string) =>
  page.evaluate(
    (name, url, command, relay) => (window as unknown as NetworkWindow).begin(name, url, command, 'net1', relay),
    name,
    `${server.ws}/WebRTCAppEE/websocket`,
    command,
    relay,
  );

const progress = (page: Page, name: string): Promise<Progress> =>
  page.evaluate((name) => (window as unknown as NetworkWindow).progress(name), name);

const say = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as NetworkWindow).say(name, 'text'), name);

const restart = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as NetworkWindow).restart(name, 150), name);

interface End {
  readonly page: Page;
  readonly name: string;
}

/**
 * Waits until media, reports and data have flowed in both directions from now on. Resolves with the time that this took.
 * Milliseconds.
 */
async function flows(publisher: End, player: End): Promise<number> {
  const read = () => Promise.all([publisher, player].map(({ page, name }) => progress(page, name)));
  const since = performance.now();
  const before = await read();
  await until(async () => {
    await Promise.all([publisher, player].map(({ page, name }) => say(page, name)));
    const now = await read();
    const [here, there] = now.map((one, index) => ({ ...one, before: before[index] }));
    expect(there?.frames ?? 0, 'frames').toBeGreaterThan((there?.before?.frames ?? 0) + 5);
    expect(here?.reports ?? 0, 'reports').toBeGreaterThan((here?.before?.reports ?? 0) + 1);
    expect(here?.texts ?? 0, 'texts to the publisher').toBeGreaterThan(here?.before?.texts ?? 0);
    expect(there?.texts ?? 0, 'texts to the player').toBeGreaterThan(there?.before?.texts ?? 0);
  });
  return performance.now() - since;
}

/** Asserts that no role has ended and that no end was announced. */
async function wentOn(...ends: readonly End[]): Promise<void> {
  for (const { page, name } of ends) {
    const { definitions, state } = await progress(page, name);
    expect(state).toBe('connected');
    expect(definitions.filter((definition) => /finished/.test(definition))).toEqual([]);
  }
}

const names: readonly BrowserName[] = ['Chromium', 'Firefox'];

describe.each(names)('%s', (name) => {
  test('restarts ICE twice as a publisher, and all continues for the server, players and late ones', async () => {
    const publisher = { page: await openPage(name), name: 'publisher' };
    const player = { page: await openPage('Chromium'), name: 'player' };
    await begin(publisher.page, publisher.name, 'publish');
    await until(async () =>
      expect((await progress(publisher.page, 'publisher')).definitions).toContain('publish_started'),
    );
    await begin(player.page, player.name, 'play');
    await flows(publisher, player);
    for (const round of [1, 2]) {
      await restart(publisher.page, publisher.name);
      // Before the answer is applied, the old path is in use.
      const ms = await flows(publisher, player);
      if (process.env.MEASURE) console.log(`${name} publisher, restart ${round}: ${Math.round(ms)} ms`);
    }
    const late = { page: await openPage('Chromium'), name: 'late' };
    await begin(late.page, late.name, 'play');
    await flows(publisher, late);
    // Longer than it takes to detect lost consent.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    await flows(publisher, player);
    await wentOn(publisher, player, late);
  }, 120_000);

  test.each(['publisher', 'player'])(
    'as a %s behind a NAT that rebinds twice, is reached again, and its role goes on',
    async (moved) => {
      const publisher = { page: await openPage(moved === 'publisher' ? name : 'Chromium'), name: 'publisher' };
      const player = { page: await openPage(moved === 'player' ? name : 'Chromium'), name: 'player' };
      await begin(publisher.page, 'publisher', 'publish', moved === 'publisher' ? address : undefined);
      await until(async () =>
        expect((await progress(publisher.page, 'publisher')).definitions).toContain('publish_started'),
      );
      await begin(player.page, 'player', 'play', moved === 'player' ? address : undefined);
      await flows(publisher, player);
      for (const round of [1, 2]) {
        const usual = await flows(publisher, player);
        await relays.get(moved)?.rebind();
        const ms = await flows(publisher, player);
        if (process.env.MEASURE)
          console.log(`${name} ${moved}, rebinding ${round}: ${Math.round(ms)} ms, usual ${Math.round(usual)} ms`);
      }
      await wentOn(publisher, player);
    },
    120_000,
  );
});
