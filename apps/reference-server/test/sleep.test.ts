import { readdirSync, readFileSync } from 'node:fs';
import type { Client, ConferenceHandle, RoleHandle } from '@sigchart/browser';
import { type Browser, type BrowserServer, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { chromiumOptions, launchChromium } from './chromium.ts';
import { bundleClient, openClientPage } from './clientPage.ts';
import { until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

/** Globals of the pages of these tests. */
interface ClientWindow {
  readonly client: Client;
  readonly media: MediaStream;
  readonly handles: Record<string, RoleHandle | ConferenceHandle>;
  readonly states: string[];
}

/** A browser of its own, all processes of which can be stopped and continued. */
interface SleepingBrowser {
  readonly browser: Browser;
  sleep(ms: number): Promise<void>;
}

let bundle = '';
let server: RunningServer;
let watcher: Browser;

beforeAll(async () => {
  bundle = await bundleClient();
  [server, watcher] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await watcher.close();
  await server.stop();
});

/** A process and all that it has started. */
function familyOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent = '0'] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return [[Number(name), Number(parent)] as const];
      } catch {
        return [];
      }
    });
  const family = [pid];
  for (const member of family) family.push(...parents.flatMap(([child, parent]) => (parent === member ? [child] : [])));
  return family;
}

/** Starts a browser that is closed at the end of a test. */
async function launch({ onTestFinished }: TestContext): Promise<SleepingBrowser> {
  const started: BrowserServer = await chromium.launchServer(chromiumOptions());
  const browser = await chromium.connect(started.wsEndpoint());
  const pid = started.process().pid as number;
  onTestFinished(() => started.close());
  return {
    browser,
    async sleep(ms) {
      const family = familyOf(pid);
      for (const member of family) process.kill(member, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      for (const member of family.toReversed()) process.kill(member, 'SIGCONT');
    },
  };
}

/** Opens a page that is closed at the end of a test. */
async function open(browser: Browser, { onTestFinished }: TestContext): Promise<Page> {
  const page = await openClientPage(browser, server, bundle);
  onTestFinished(() => page.close());
  return page;
}

const start = (page: Page, name: string, verb: 'publish' | 'play' | 'enter', id: string) =>
  page.evaluate(
    ([name, verb, id]) => {
      const { client, handles, media, states } = window as unknown as ClientWindow;
      const handle = client[verb](id, verb === 'play' ? {} : { stream: media });
      handles[name] = handle;
      states.push(handle.getSnapshot().state);
      handle.subscribe(() => {
        const { state } = handle.getSnapshot();
        if (states.at(-1) !== state) states.push(state);
      });
    },
    [name, verb, id] as const,
  );

const stateOf = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as ClientWindow).handles[name]?.getSnapshot().state, name);

const reaches = (page: Page, name: string, state: string) =>
  until(async () => expect(await stateOf(page, name)).toBe(state));

/** Number of decoded video frames of a player. */
const framesOf = (page: Page, name: string) =>
  page.evaluate(async (name) => {
    const snapshot = (window as unknown as ClientWindow).handles[name]?.getSnapshot();
    const player = snapshot && 'players' in snapshot ? snapshot.players[0]?.getSnapshot() : snapshot;
    const stats = await (player as { connection?: RTCPeerConnection } | undefined)?.connection?.getStats();
    let frames = 0;
    for (const entry of stats?.values() ?? [])
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') frames += entry.framesDecoded ?? 0;
    return frames;
  }, name);

/** Waits until a player decodes more frames than it has. Returns after how long, in milliseconds. */
async function flowsAgain(page: Page, name: string): Promise<number> {
  const began = Date.now();
  let before = Number.POSITIVE_INFINITY;
  await until(async () => {
    const now = await framesOf(page, name);
    const grows = now > before;
    // A new connection counts from 0.
    before = Math.min(before, now);
    expect(grows).toBe(true);
  });
  return Date.now() - began;
}

// They wait for most of their time: all at once.
describe.concurrent('asleep', () => {
  test.for([16_000, 25_000])('for %d ms: a publisher and a member are back, and are seen', async (ms, context) => {
    const { browser, sleep } = await launch(context);
    const [publisher, member] = [await open(browser, context), await open(browser, context)];
    const [player, other] = [await open(watcher, context), await open(watcher, context)];
    await start(publisher, 'role', 'publish', `sleep${ms}`);
    await reaches(publisher, 'role', 'publishing');
    await start(player, 'role', 'play', `sleep${ms}`);
    await reaches(player, 'role', 'playing');
    await start(member, 'role', 'enter', `sleepers${ms}`);
    await reaches(member, 'role', 'entered');
    await start(other, 'role', 'enter', `sleepers${ms}`);
    await flowsAgain(other, 'role');
    await flowsAgain(member, 'role');
    await sleep(ms);
    const [played, seen, sees] = await Promise.all([
      flowsAgain(player, 'role'),
      flowsAgain(other, 'role'),
      flowsAgain(member, 'role'),
    ]);
    expect(await stateOf(publisher, 'role')).toMatch(/publishing|resuming/);
    console.info(
      `asleep for ${ms} ms: the publisher is seen ${played} ms after waking, the member ${seen} ms, and sees after ${sees} ms`,
    );
  });

  test('as a frozen page for 25 s: it continues, or publishes again, as it is thawed', async (context) => {
    const { browser } = await launch(context);
    const [publisher, player] = [await open(browser, context), await open(watcher, context)];
    await start(publisher, 'role', 'publish', 'frozen');
    await reaches(publisher, 'role', 'publishing');
    await start(player, 'role', 'play', 'frozen');
    await reaches(player, 'role', 'playing');
    const session = await publisher.context().newCDPSession(publisher);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    const during = await framesOf(player, 'role');
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    const after = await flowsAgain(player, 'role');
    await reaches(publisher, 'role', 'publishing');
    console.info(`page frozen for 25 s: ${during} frames until then, flows ${after} ms after thawing`);
  });
});

test('a page that is put away has neither socket nor connection, and publishes again when it is back', async (context) => {
  const page = await open(watcher, context);
  await start(page, 'role', 'publish', 'kept');
  await reaches(page, 'role', 'publishing');
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  expect(await stateOf(page, 'role')).toBe('offline');
  await until(async () => expect(await server.holds()).toMatchObject({ roles: 0, streams: 0, connections: 0 }));
  const began = Date.now();
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await reaches(page, 'role', 'publishing');
  console.info(`back from the back/forward cache: publishing after ${Date.now() - began} ms`);
});

test('a role of another kind with the same id is stopped alone', async (context) => {
  const page = await open(watcher, context);
  await start(page, 'publisher', 'publish', 'own');
  await reaches(page, 'publisher', 'publishing');
  await start(page, 'player', 'play', 'own');
  await reaches(page, 'player', 'playing');
  await page.evaluate(() => (window as unknown as ClientWindow).handles.player?.stop());
  await reaches(page, 'player', 'stopped');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await stateOf(page, 'publisher')).toBe('publishing');
  expect(await server.holds()).toMatchObject({ roles: 1, streams: 1 });
});

test('other media: added video is sent, and a removed camera is not', async (context) => {
  const [page, player] = [await open(watcher, context), await open(watcher, context)];
  const replaceBy = (kinds: readonly string[]) =>
    page.evaluate(async (kinds) => {
      const { handles, media } = window as unknown as ClientWindow;
      const stream = new MediaStream(media.getTracks().filter(({ kind }) => kinds.includes(kind)));
      await (handles.role as RoleHandle).replaceStream(stream);
    }, kinds);
  await page.evaluate(() => {
    const { client, handles, media } = window as unknown as ClientWindow;
    handles.role = client.publish('other-media', { stream: new MediaStream(media.getAudioTracks()) });
  });
  await reaches(page, 'role', 'publishing');
  await start(player, 'role', 'play', 'other-media');
  await reaches(player, 'role', 'playing');
  await replaceBy(['audio', 'video']);
  await flowsAgain(player, 'role');
  await replaceBy(['audio']);
  const sentBytes = () =>
    page.evaluate(async () => {
      const { connection } = ((window as unknown as ClientWindow).handles.role as RoleHandle).getSnapshot() as {
        connection: RTCPeerConnection;
      };
      let bytes = 0;
      for (const entry of (await connection.getStats()).values())
        if (entry.type === 'outbound-rtp' && entry.kind === 'video') bytes += entry.bytesSent;
      return bytes;
    });
  // What waited in the pacer at that moment is still sent.
  const isSilent = async () => {
    const before = await sentBytes();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return (await sentBytes()) === before;
  };
  await expect.poll(isSilent, { timeout: 10_000 }).toBe(true);
  expect(await stateOf(page, 'role')).toBe('publishing');
  await replaceBy(['audio', 'video']);
  await flowsAgain(player, 'role');
});
