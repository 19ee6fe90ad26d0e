import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { heldNothing } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

const root = fileURLToPath(new URL('../../../examples/react/', import.meta.url));

let server: RunningServer;
let browser: Browser;
let pages: PreviewServer;

beforeAll(async () => {
  await build({ root, logLevel: 'silent' });
  pages = await preview({ root, logLevel: 'silent', preview: { port: 0 } });
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

async function enter(room: string): Promise<Page> {
  const page = await browser.newPage();
  const address = new URL(pages.resolvedUrls?.local[0] ?? '');
  address.searchParams.set('server', `${server.ws}/live/websocket`);
  await page.goto(address.href);
  await page.getByRole('button', { name: 'Conference' }).click();
  await page.getByLabel('Room').fill(room);
  await page.getByRole('button', { name: 'Enter' }).click();
  return page;
}

/** Waits until a page shows as many moving pictures. */
const seesPictures = (page: Page, count: number) =>
  page.waitForFunction(
    (expected) => {
      const videos = [...document.querySelectorAll('video')];
      return (
        videos.length === expected && videos.every(({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0)
      );
    },
    count,
    { timeout: 60_000 },
  );

test('two pages of the React example see each other, and leave nothing behind', async () => {
  const [ann, ben] = [await enter('react'), await enter('react')];
  await Promise.all([seesPictures(ann, 2), seesPictures(ben, 2)]);
  await ben.getByRole('button', { name: 'Stop' }).click();
  await seesPictures(ann, 1);
  await ann.getByRole('button', { name: 'Stop' }).click();
  await heldNothing(server);
  expect(await ann.locator('video').count()).toBe(0);
});
