import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from './chromium.ts';
import { heldNothing } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

/** A reference server and a browser that the tests of a file share. */
export interface ServerAndChromium {
  /** A test may replace it, such as by one that it has restarted. */
  server: RunningServer;
  readonly browser: Browser;
  /** Pages, or contexts, that are closed after the test. */
  readonly opened: { close(): Promise<void> }[];
}

/**
 * Starts a server and a Chromium for the tests of a file, and stops them after the last. After each test, what it opened is closed; the
 * server must hold nothing of it then.
 *
 * @param check - Called after each test, once all that it opened is closed.
 */
export function useServerAndChromium(check: () => void = () => {}): ServerAndChromium {
  let server: RunningServer;
  let browser: Browser;
  const opened: ServerAndChromium['opened'] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  });

  afterAll(async () => {
    await browser.close();
    expect(await server.stop()).toBe(0);
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await heldNothing(server);
    check();
  });

  return {
    get server() {
      return server;
    },
    set server(started) {
      server = started;
    },
    get browser() {
      return browser;
    },
    opened,
  };
}
