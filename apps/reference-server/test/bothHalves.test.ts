import type { RoleHandle } from '@sigchart/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { bundledClient, type InspectedModule, inspectedPage } from './inspectedPage.ts';
import { until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
let browser: Browser;
let bundle = '';
const pages: Page[] = [];

beforeAll(async () => {
  [server, browser, bundle] = await Promise.all([startServer(), launchChromium(), bundledClient()]);
});

afterEach(() => Promise.all(pages.splice(0).map((page) => page.close())));

afterAll(async () => {
  await browser.close();
  await server.stop();
});

type Role = 'publish' | 'play' | 'join' | 'enter';

/** A page whose client is recorded, and has a role. */
async function client(name: string, role: Role, streamId: string): Promise<Page> {
  const page = await inspectedPage(browser, server, bundle);
  pages.push(page);
  await page.evaluate(
    async ([ws, key, name, role, streamId]) => {
      const { made } = window as unknown as { readonly made: InspectedModule };
      const inspect = made.inspectTo(`${ws}/inspector/feed?token=${key}`, { name });
      const client = made.createClient(`${ws}/live/websocket`, { inspect });
      const video = { width: 160, height: 120, frameRate: 5 };
      const stream = role === 'play' ? undefined : await navigator.mediaDevices.getUserMedia({ video, audio: true });
      Object.assign(window, { handle: client[role](streamId, stream === undefined ? {} : { stream }) });
    },
    [server.ws, server.key, name, role, streamId] as const,
  );
  return page;
}

const becomes = (page: Page, state: string): Promise<void> =>
  until(async () =>
    expect(
      await page.evaluate(() => (window as unknown as { readonly handle: RoleHandle }).handle.getSnapshot().state),
    ).toBe(state),
  );

/** The inspector's ladder of a run of the server. */
async function ladderOf(machine: string, streamId: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1200 } });
  pages.push(page);
  await page.goto(`${server.http}/inspector/?token=${server.key}`);
  await page.fill('#search', `machine:${machine} ${streamId}`);
  await page.locator('.run').first().click();
  await page.keyboard.press('2');
  return page;
}

interface Arrow {
  readonly name: string;
  /** True if only one end has it. */
  readonly half: boolean;
}

/** The arrows of a ladder, with consecutive candidates as one. */
const arrows = (page: Page): Promise<readonly Arrow[]> =>
  page.locator('.crossing').evaluateAll((rows) =>
    rows.map((row) => {
      const name = row.querySelector('summary b')?.textContent ?? '';
      return { name: /candidates?$/.test(name) ? 'candidate' : name, half: row.matches('.half') };
    }),
  );

/** Sent by the quality machine of a player, which is a run of its own, as often as the network has it. */
const measurement = 'bitrateMeasurement';

/** Waits for a ladder that says these things in this order, candidates and measurements aside, each once and with both ends. */
const says = (page: Page, names: readonly string[]): Promise<void> =>
  until(async () => {
    const all = (await arrows(page)).filter(({ name }) => name !== measurement);
    expect(all.map(({ name }) => name).filter((name) => name !== 'candidate')).toEqual(names);
    expect(all.filter(({ half }) => half)).toEqual([]);
    expect(all.filter(({ name }) => name === 'candidate').length).toBeGreaterThanOrEqual(
      names.includes('offer') ? 2 : 0,
    );
  });

const lanes = (page: Page): Promise<readonly string[]> => page.locator('.lanes > div').allInnerTexts();

const lane = (title: RegExp, note: string) =>
  expect.stringMatching(new RegExp(`^${title.source}\\s+${note.replaceAll('.', '\\.')}$`));

test('of a publisher and of a player the client and the server stand in one ladder, each message once, with both ends', async () => {
  const publisher = await client('anna', 'publish', 'both1');
  await becomes(publisher, 'publishing');
  const player = await client('bert', 'play', 'both1');
  await becomes(player, 'playing');

  const published = await ladderOf('publisher.server', 'both1');
  await says(published, ['publish', 'start', 'offer', 'answer', 'publish_started']);
  expect(await lanes(published)).toEqual([
    lane(/Client · socket \d+/, 'publisher.client · anna'),
    lane(/Server/, 'publisher.server'),
  ]);
  // The same, from the client's side.
  const [first] = await published.locator('.crossing time').allTextContents();
  const own = await ladderOf('publisher.client', 'both1');
  await says(own, ['publish', 'start', 'offer', 'answer', 'publish_started']);
  expect((await own.locator('.crossing time').allTextContents())[0]).toBe(first);

  const played = await ladderOf('player.server', 'both1');
  await says(played, ['play', 'offer', 'answer', 'play_started']);
  expect(await lanes(played)).toEqual([
    lane(/Client · socket \d+/, 'player.client · bert'),
    lane(/Server/, 'player.server, quality.server'),
  ]);
  await until(async () =>
    expect(await arrows(played)).toContainEqual({ name: expect.stringMatching(measurement), half: false }),
  );
});

test('of a call both peers and the server stand in one ladder', async () => {
  const cleo = await client('cleo', 'join', 'both2');
  await becomes(cleo, 'waiting');
  const dora = await client('dora', 'join', 'both2');
  await Promise.all([becomes(cleo, 'connected'), becomes(dora, 'connected')]);
  const page = await ladderOf('peer.server', 'both2');
  // Relayed messages use both sockets.
  await says(page, ['join', 'joined', 'join', 'joined', 'start', 'offer', 'offer', 'answer', 'answer']);
  expect(await lanes(page)).toEqual([
    lane(/Client · socket \d+/, 'peer.client · cleo'),
    lane(/Server/, 'peer.server'),
    lane(/Client · socket \d+/, 'peer.client · dora'),
  ]);
});

test('of a room each member and the server stand in one ladder', async () => {
  await client('emil', 'enter', 'both3');
  const page = await ladderOf('conference.server', 'both3');
  await says(page, ['joinRoom', 'joinedTheRoom']);
  expect(await lanes(page)).toEqual([
    lane(/Client · socket \d+/, 'conference.client · emil'),
    lane(/Server/, 'conference.server'),
  ]);
});
