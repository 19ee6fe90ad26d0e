import { fileURLToPath } from 'node:url';
import type { Client, ClientOptions } from '@sigchart/browser';
import type { Inspecting } from '@sigchart/inspect';
import type { Browser, Page } from 'playwright-core';
import { bundleOf } from './bundle.ts';
import { plainPage } from './page.ts';
import type { RunningServer } from './server.ts';

/** Value of `window.made` in an {@link inspectedPage}. */
export interface InspectedModule {
  createClient(url: string, options: ClientOptions): Client;
  inspectTo(url: string, options: { readonly name: string }): Inspecting;
}

/** The client and what inspects it, as one module for a browser. */
export const bundledClient = () => bundleOf(fileURLToPath(new URL('inspectedClient.ts', import.meta.url)));

/** A page of the server in which the {@link bundledClient} is loaded. */
export async function inspectedPage(browser: Browser, server: RunningServer, bundle: string): Promise<Page> {
  const page = await plainPage(browser, server.http);
  await page.route('**/browser.js', (route) => route.fulfill({ contentType: 'text/javascript', body: bundle }));
  await page.addScriptTag({
    type: 'module',
    content: `import * as made from '${server.http}/browser.js'; Object.assign(window, { made });`,
  });
  await page.waitForFunction(() => 'made' in window);
  return page;
}
