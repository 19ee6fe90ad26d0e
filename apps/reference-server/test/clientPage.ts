import { fileURLToPath } from 'node:url';
import type { Client } from '@sigchart/browser';
import type { Browser, Page } from 'playwright-core';
import { bundleOf } from './bundle.ts';
import { plainPage } from './page.ts';
import type { RunningServer } from './server.ts';

/** The browser client, as a page gets it. */
export const bundleClient = (): Promise<string> =>
  bundleOf(fileURLToPath(new URL('../../../packages/browser/src/index.ts', import.meta.url)));

/** A page with a client of a server and a camera: `window` has them as `client` and `media`, and what tests note of them. */
export async function openClientPage(browser: Browser, server: RunningServer, bundle: string): Promise<Page> {
  const page = await plainPage(browser, server.http);
  await page.route('**/browser.js', (route) => route.fulfill({ contentType: 'text/javascript', body: bundle }));
  await page.addScriptTag({
    type: 'module',
    content: `import { createClient } from '${server.http}/browser.js'; window.createClient = createClient;`,
  });
  await page.waitForFunction(() => 'createClient' in window);
  await page.evaluate(async (url) => {
    const { createClient } = window as unknown as { createClient(url: string): Client };
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 }, audio: true });
    Object.assign(window, { client: createClient(url), handles: {}, media, ends: {}, states: [] });
  }, `${server.ws}/live/websocket`);
  return page;
}
