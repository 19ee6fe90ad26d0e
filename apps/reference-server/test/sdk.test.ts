import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plainPage, until } from './page.ts';
import { addSdk, sdkVersions } from './sdkModules.ts';
import { useServerAndChromium } from './serverAndChromium.ts';

const script = readFileSync(new URL('sdkPage.js', import.meta.url), 'utf8');

interface Adaptor {
  publish(streamId: string): void;
  play(streamId: string): void;
  stop(streamId: string): void;
  sendData(streamId: string, data: string): void;
  getStreamInfo(streamId: string): void;
}

interface SdkWindow {
  sdkOpen(url: string, options: { play: boolean }): Promise<void>;
  sdkReceived(): Promise<{ frames: number; audioPackets: number }>;
  cut(): void;
  readonly adaptor: Adaptor;
  readonly events: readonly { readonly info: string; readonly streamId?: string; readonly data?: unknown }[];
}

const rig = useServerAndChromium();

describe.each(sdkVersions)('the Ant Media JavaScript SDK %s', (version) => {
  async function open(play: boolean) {
    const page = await plainPage(rig.browser, rig.server.http);
    rig.opened.push(page);
    await addSdk(page, rig.server.http, script, version);
    await page.evaluate(([url, play]) => (window as unknown as SdkWindow).sdkOpen(url, { play }), [
      `${rig.server.ws}/live/websocket`,
      play,
    ] as const);
    const call = (method: keyof Adaptor, ...args: string[]) =>
      page.evaluate(
        ([method, args]) => (window as unknown as SdkWindow).adaptor[method](...(args as [string, string])),
        [method, args] as const,
      );
    const events = () => page.evaluate(() => (window as unknown as SdkWindow).events);
    return {
      page,
      call,
      events,
      cut: () => page.evaluate(() => (window as unknown as SdkWindow).cut()),
      received: () => page.evaluate(() => (window as unknown as SdkWindow).sdkReceived()),
      hears: (info: string, streamId: string) =>
        until(async () => expect(await events()).toContainEqual(expect.objectContaining({ info, streamId }))),
    };
  }

  type SdkPage = Awaited<ReturnType<typeof open>>;

  async function flows(page: SdkPage) {
    const before = await page.received();
    await until(async () => {
      const now = await page.received();
      expect(now.frames).toBeGreaterThan(before.frames + 10);
      expect(now.audioPackets).toBeGreaterThan(before.audioPackets + 25);
    });
  }

  test('publishes and plays, with data both ways and stream information', async () => {
    const publisher = await open(false);
    await publisher.call('publish', 'sdk1');
    await publisher.hears('publish_started', 'sdk1');
    const player = await open(true);
    await player.call('play', 'sdk1');
    await player.hears('play_started', 'sdk1');
    await flows(player);
    await until(async () => {
      await publisher.call('sendData', 'sdk1', 'from the publisher');
      expect(await player.events()).toContainEqual(expect.objectContaining({ data: 'from the publisher' }));
    });
    await until(async () => {
      await player.call('sendData', 'sdk1', 'from the player');
      expect(await publisher.events()).toContainEqual(expect.objectContaining({ data: 'from the player' }));
    });
    await player.call('getStreamInfo', 'sdk1');
    await player.hears('streamInformation', 'sdk1');
    await publisher.call('stop', 'sdk1');
    await publisher.hears('publish_finished', 'sdk1');
    await player.hears('play_finished', 'sdk1');
    const errors = [...(await publisher.events()), ...(await player.events())].filter(({ info }) =>
      info.startsWith('error:'),
    );
    expect(errors).toEqual([]);
  });

  test('stops and publishes the same id again half a second later', async () => {
    const publisher = await open(false);
    await publisher.call('publish', 'sdk2');
    await publisher.hears('publish_started', 'sdk2');
    await publisher.call('stop', 'sdk2');
    await publisher.page.waitForTimeout(500);
    const started = async () => (await publisher.events()).filter(({ info }) => info === 'publish_started').length;
    await publisher.call('publish', 'sdk2');
    await until(async () => expect(await started()).toBe(2));
    expect(await publisher.events()).not.toContainEqual(expect.objectContaining({ info: 'error:streamIdInUse' }));
  });

  // The first version that reconnects is 2.6.
  if (version !== '2.5.1')
    test('publishes again by itself when its socket is cut, and its player sees it again', async () => {
      const publisher = await open(false);
      await publisher.call('publish', 'sdk3');
      await publisher.hears('publish_started', 'sdk3');
      const player = await open(true);
      await player.call('play', 'sdk3');
      await flows(player);
      await publisher.cut();
      await until(async () => {
        const started = (await publisher.events()).filter(({ info }) => info === 'publish_started');
        expect(started).toHaveLength(2);
      });
      await flows(player);
    });
});
