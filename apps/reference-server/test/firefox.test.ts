import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BrowserName, launchBoth } from './bothBrowsers.ts';
import { heldNothing, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

// Firefox as it is installed, which only WebDriver BiDi can drive.

const script = readFileSync(new URL('seedPage.js', import.meta.url), 'utf8');

/** Globals that the script sets. */
interface SeedWindow {
  seedPublish(url: string, streamId: string, options?: object): Promise<string>;
  seedPlay(url: string, streamId: string): Promise<void>;
  seedJoin(url: string, streamId: string): Promise<void>;
  received(name: string): Promise<{ readonly frames: number; readonly audioPackets: number; readonly codec?: string }>;
  readonly messages: readonly Record<string, unknown>[];
}

let server: RunningServer;
let browsers: Readonly<Record<BrowserName, Browser>>;
const pages: Page[] = [];

beforeAll(async () => {
  [server, browsers] = await Promise.all([startServer(), launchBoth()]);
});

afterAll(async () => {
  await Promise.all(Object.values(browsers).map((browser) => browser.close()));
  expect(await server.stop()).toBe(0);
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await heldNothing(server);
});

async function openPage(name: BrowserName) {
  const page = await browsers[name].newPage();
  pages.push(page);
  await page.goto(`${server.http}/metrics`);
  await page.evaluate(`${script};0`);
  return page;
}

const url = () => `${server.ws}/WebRTCAppEE/websocket`;

/** Waits until more is decoded than was. */
async function flows(page: Page, name: string) {
  const read = () => page.evaluate((name) => (window as unknown as SeedWindow).received(name), name);
  const before = await read();
  await until(async () => {
    const now = await read();
    expect(now.frames).toBeGreaterThan(before.frames + 10);
    expect(now.audioPackets).toBeGreaterThan(before.audioPackets + 25);
  });
}

describe('Firefox, with a page that knows the seed document and nothing else', () => {
  test.each<[BrowserName, BrowserName]>([
    ['Firefox', 'Firefox'],
    ['Firefox', 'Chromium'],
    ['Chromium', 'Firefox'],
  ])('%s publishes, %s plays', async (publishing, playing) => {
    const publisher = await openPage(publishing);
    await publisher.evaluate((url) => (window as unknown as SeedWindow).seedPublish(url, 'stream1'), url());
    await until(async () =>
      expect(await publisher.evaluate(() => (window as unknown as SeedWindow).messages)).toContainEqual(
        expect.objectContaining({ definition: 'publish_started', streamId: 'stream1' }),
      ),
    );
    const player = await openPage(playing);
    await player.evaluate((url) => (window as unknown as SeedWindow).seedPlay(url, 'stream1'), url());
    await flows(player, 'play stream1');
  });

  test('a call with Chromium, each seeing and hearing the other', async () => {
    const [first, second] = [await openPage('Firefox'), await openPage('Chromium')];
    for (const page of [first, second])
      await page.evaluate((url) => (window as unknown as SeedWindow).seedJoin(url, 'call1'), url());
    for (const page of [first, second]) await flows(page, 'play call1');
  });
});
