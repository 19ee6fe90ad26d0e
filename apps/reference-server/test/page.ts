import type { Browser, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { RunningServer } from './server.ts';

/** Waits until `check` no longer rejects. */
export const until = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 60_000, interval: 100 });

/**
 * A page of the server that loads nothing else. A page made up by the test would not do: Chromium keeps those from
 * connecting to this machine.
 */
export async function plainPage(browser: Browser, origin: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${origin}/metrics`);
  return page;
}

/** Waits until a server without clients holds no resources. */
export const heldNothing = (server: RunningServer): Promise<void> =>
  until(async () => expect(await server.holds()).toEqual({ roles: 0, streams: 0, connections: 0, sources: 0 }));
