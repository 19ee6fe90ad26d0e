import { gzipSync } from 'node:zlib';
import type { Client, ConferenceHandle, RoleHandle } from '@sigchart/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { bundleClient, openClientPage } from './clientPage.ts';
import { heldNothing, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

/** Globals of the pages of these tests. */
interface ClientWindow {
  client: Client;
  readonly handles: Record<string, RoleHandle | ConferenceHandle>;
  readonly media: MediaStream;
  readonly ends: Record<string, string>;
  readonly states: string[];
}

let bundle = '';
let server: RunningServer;
let browser: Browser;
const pages: Page[] = [];

beforeAll(async () => {
  bundle = await bundleClient();
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await heldNothing(server);
});

async function open() {
  const page = await openClientPage(browser, server, bundle);
  pages.push(page);
  const start = (name: string, verb: 'publish' | 'play' | 'join' | 'enter', id: string, withMedia: boolean) =>
    page.evaluate(
      ([name, verb, id, withMedia]) => {
        const { client, handles, media, ends } = window as unknown as ClientWindow;
        const handle = client[verb](id, withMedia ? { stream: media } : {});
        handles[name] = handle;
        handle.finished.then(
          () => {
            ends[name] = 'resolved';
          },
          (error: Error & { reason: string; definition?: string }) => {
            ends[name] = [error.name, error.reason, error.definition].join(' ');
          },
        );
      },
      [name, verb, id, withMedia] as const,
    );
  const state = (name: string) =>
    page.evaluate((name) => (window as unknown as ClientWindow).handles[name]?.getSnapshot().state, name);
  return {
    page,
    start,
    state,
    stop: (name: string) => page.evaluate((name) => (window as unknown as ClientWindow).handles[name]?.stop(), name),
    reaches: (name: string, expected: string) => until(async () => expect(await state(name)).toBe(expected)),
    ends: (name: string, expected: string) =>
      until(async () =>
        expect(await page.evaluate((name) => (window as unknown as ClientWindow).ends[name], name)).toBe(expected),
      ),
  };
}

test('the client is small', () => {
  expect(gzipSync(bundle).length).toBeLessThan(40_000);
});

describe('the client in Chromium', () => {
  test('publishes and plays', async () => {
    const [page, viewer] = [await open(), await open()];
    await page.start('publisher', 'publish', 'client1', true);
    await page.reaches('publisher', 'publishing');
    await viewer.start('player', 'play', 'client1', false);
    await viewer.reaches('player', 'playing');
    await until(async () =>
      expect(
        await viewer.page.evaluate(() => {
          const snapshot = (window as unknown as ClientWindow).handles.player?.getSnapshot();
          return snapshot && 'tracks' in snapshot ? snapshot.tracks.map(({ kind }) => kind).toSorted() : [];
        }),
      ).toEqual(['audio', 'video']),
    );
    await viewer.stop('player');
    await viewer.ends('player', 'resolved');
    await page.stop('publisher');
    await page.stop('publisher');
    await page.ends('publisher', 'resolved');
  });

  test('sends thousands of messages at once, which arrive in order', async () => {
    const [page, viewer] = [await open(), await open()];
    await page.start('role', 'publish', 'client6', true);
    await page.reaches('role', 'publishing');
    await viewer.start('role', 'play', 'client6', false);
    await viewer.reaches('role', 'playing');
    const listen = ({ page }: typeof viewer) =>
      page.evaluate(() => {
        const heard: unknown[] = [];
        ((window as unknown as ClientWindow).handles.role as RoleHandle).onData((data) => heard.push(data));
        Object.assign(window, { heard });
      });
    const say = ({ page }: typeof viewer, text: string, times: number) =>
      page.evaluate(
        ([text, times]) => {
          const role = (window as unknown as ClientWindow).handles.role as RoleHandle;
          return Array.from({ length: times }, (_, index) => role.send(`${text} ${index}`)).every(Boolean);
        },
        [text, times] as const,
      );
    const heard = ({ page }: typeof viewer) =>
      page.evaluate(() => (window as unknown as { readonly heard: readonly string[] }).heard);
    for (const [speaker, listener] of [
      [page, viewer],
      [viewer, page],
    ] as const) {
      await listen(listener);
      await until(async () => {
        await say(speaker, 'open', 1);
        expect((await heard(listener)).length).toBeGreaterThan(0);
      });
      expect(await say(speaker, 'text', 5_000)).toBe(true);
      await until(async () => expect((await heard(listener)).at(-1)).toBe('text 4999'));
      const texts = (await heard(listener)).filter((text) => text.startsWith('text'));
      expect(texts).toEqual(Array.from({ length: 5_000 }, (_, index) => `text ${index}`));
    }
  });

  test('publishes and plays one id on one socket', async () => {
    const page = await open();
    await page.start('publisher', 'publish', 'client5', true);
    await page.reaches('publisher', 'publishing');
    await page.start('player', 'play', 'client5', false);
    await page.reaches('player', 'playing');
    expect(await page.state('publisher')).toBe('publishing');
  });

  test('returns the same handle for a second request, and the same snapshot until something changes', async () => {
    const page = await open();
    await page.start('first', 'publish', 'client2', true);
    await page.start('second', 'publish', 'client2', true);
    await page.reaches('second', 'publishing');
    expect(
      await page.page.evaluate(() => {
        const { handles } = window as unknown as ClientWindow;
        const before = handles.first?.getSnapshot();
        return handles.first === handles.second && handles.second?.getSnapshot() === before;
      }),
    ).toBe(true);
  });

  test('started, stopped and started again at once, as React does in development, publishes', async () => {
    const page = await open();
    await page.page.evaluate(() => {
      const { client, handles, media } = window as unknown as ClientWindow;
      client.publish('client3', { stream: media }).stop();
      handles.publisher = client.publish('client3', { stream: media });
    });
    await page.reaches('publisher', 'publishing');
    // It does not stay in the states between, so they are noted as it passes through them.
    await page.page.evaluate(() => {
      const { client, handles, media, states } = window as unknown as ClientWindow;
      handles.publisher?.stop();
      const publisher = client.publish('client3', { stream: media });
      publisher.subscribe(() => states.push(publisher.getSnapshot().state));
      states.push(publisher.getSnapshot().state);
      handles.publisher = publisher;
    });
    await until(async () =>
      expect(await page.page.evaluate(() => (window as unknown as ClientWindow).states.at(-1))).toBe('publishing'),
    );
    expect(await page.page.evaluate(() => (window as unknown as ClientWindow).states[0])).toBe('restarted');
  });

  test('reports why a stream cannot be played', async () => {
    const page = await open();
    await page.start('player', 'play', 'nowhere', false);
    await page.ends('player', 'SignallingError refused no_stream_exist');
    expect(await page.state('player')).toBe('ended');
  });

  test('two peers meet, and chat', async () => {
    const [a, b] = [await open(), await open()];
    await a.start('peer', 'join', 'call1', true);
    await a.reaches('peer', 'waiting');
    await b.start('peer', 'join', 'call1', true);
    await a.reaches('peer', 'connected');
    await b.reaches('peer', 'connected');
    await b.page.evaluate(() => {
      const peer = (window as unknown as ClientWindow).handles.peer as RoleHandle;
      peer.onData((data) => Object.assign(window, { heard: data }));
    });
    await until(async () =>
      expect(
        await a.page.evaluate(() => ((window as unknown as ClientWindow).handles.peer as RoleHandle).send('hello')),
      ).toBe(true),
    );
    await until(async () => expect(await b.page.evaluate(() => (window as { heard?: unknown }).heard)).toBe('hello'));
    await a.stop('peer');
    await a.ends('peer', 'resolved');
    await b.reaches('peer', 'waiting');
  });

  test('three members of a conference play each other', async () => {
    const members = [await open(), await open(), await open()];
    for (const member of members) await member.start('member', 'enter', 'room1', true);
    for (const { page } of members)
      await until(async () =>
        expect(
          await page.evaluate(() => {
            const snapshot = (window as unknown as ClientWindow).handles.member?.getSnapshot();
            return snapshot && 'players' in snapshot
              ? [snapshot.publisher, ...snapshot.players].map((handle) => handle?.getSnapshot().state)
              : [];
          }),
        ).toEqual(['publishing', 'playing', 'playing']),
      );
    await members[0]?.stop('member');
    await members[0]?.ends('member', 'resolved');
  });

  test('publishes again by itself when the server comes back', async () => {
    const page = await open();
    const port = new URL(server.http).port;
    await page.start('publisher', 'publish', 'client4', true);
    await page.reaches('publisher', 'publishing');
    expect(await server.stop()).toBe(0);
    await page.reaches('publisher', 'offline');
    server = await startServer('--port', port);
    await page.reaches('publisher', 'publishing');
  });
});
