import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plainPage, until } from './page.ts';
import { useServerAndChromium } from './serverAndChromium.ts';

const script = readFileSync(new URL('seedPage.js', import.meta.url), 'utf8');

interface Received {
  readonly frames: number;
  readonly width: number;
  readonly audioPackets: number;
  readonly audioEnergy: number;
  readonly codec: string | undefined;
  readonly firstFrame: number | undefined;
}

/** Globals that the script sets. */
interface SeedWindow {
  seedPublish(url: string, streamId: string, options?: object): Promise<string>;
  seedPlay(url: string, streamId: string, name?: string): Promise<void>;
  seedStop(name: string, streamId: string): void;
  received(name: string): Promise<Received>;
  readonly connections: Record<string, { readonly connection: RTCPeerConnection; offer(): Promise<void> }>;
  readonly messages: readonly Record<string, unknown>[];
}

const rig = useServerAndChromium();

async function openPage() {
  const page = await plainPage(rig.browser, rig.server.http);
  rig.opened.push(page);
  await page.addScriptTag({ content: script });
  const url = `${rig.server.ws}/WebRTCAppEE/websocket`;
  return {
    page,
    publish: (streamId: string, options = {}) =>
      page.evaluate(
        ([url, streamId, options]) => (window as unknown as SeedWindow).seedPublish(url, streamId, options),
        [url, streamId, options] as const,
      ),
    play: (streamId: string, name = streamId) =>
      page.evaluate(([url, streamId, name]) => (window as unknown as SeedWindow).seedPlay(url, streamId, name), [
        url,
        streamId,
        name,
      ] as const),
    stop: (name: string, streamId: string) =>
      page.evaluate(([name, streamId]) => (window as unknown as SeedWindow).seedStop(name, streamId), [
        name,
        streamId,
      ] as const),
    received: (name: string) =>
      page.evaluate((name) => (window as unknown as SeedWindow).received(name), `play ${name}`),
    messages: () => page.evaluate(() => (window as unknown as SeedWindow).messages),
  };
}

type SeedPage = Awaited<ReturnType<typeof openPage>>;

/** Waits until further frames are decoded, so that a frozen picture does not pass. */
async function flows(page: SeedPage, name: string, { video = true, audio = true } = {}) {
  const before = await page.received(name);
  await until(async () => {
    const now = await page.received(name);
    if (video) expect(now.frames).toBeGreaterThan(before.frames + 10);
    if (audio) expect(now.audioPackets).toBeGreaterThan(before.audioPackets + 25);
  });
}

const has = (page: SeedPage, fields: object) =>
  until(async () => expect(await page.messages()).toContainEqual(expect.objectContaining(fields)));

describe('a page that knows the seed document and nothing else', () => {
  test('publishes, and five players receive it, one of them late', async () => {
    const publisher = await openPage();
    await publisher.publish('stream1');
    await has(publisher, { definition: 'publish_started', streamId: 'stream1' });
    const players = await openPage();
    for (const name of ['1', '2', '3', '4']) await players.play('stream1', name);
    for (const name of ['1', '2', '3', '4']) await flows(players, name);
    await players.play('stream1', 'late');
    await flows(players, 'late');
    const { firstFrame } = await players.received('late');
    expect(firstFrame).toBeLessThan(3_000);
  });

  test.each(['VP8', 'H264', 'VP9', 'AV1'])('is played in the codec it publishes: %s', async (prefer) => {
    const publisher = await openPage();
    expect(await publisher.publish('codec', { prefer })).toBe('asked');
    await has(publisher, { definition: 'publish_started', streamId: 'codec' });
    const player = await openPage();
    await player.play('codec');
    await flows(player, 'codec');
    expect((await player.received('codec')).codec).toBe(`video/${prefer}`);
  });

  test.each([
    ['audio', { audio: true }],
    ['video', { video: true }],
  ])('publishes only %s', async (kind, media) => {
    const publisher = await openPage();
    await publisher.publish('one', { media });
    await has(publisher, { definition: 'publish_started', streamId: 'one' });
    const player = await openPage();
    await player.play('one');
    await flows(player, 'one', { video: kind === 'video', audio: kind === 'audio' });
  });

  test('stops its first transceiver, and the others continue', async () => {
    const publisher = await openPage();
    await publisher.publish('stopped');
    await has(publisher, { definition: 'publish_started', streamId: 'stopped' });
    const player = await openPage();
    await player.play('stopped');
    await flows(player, 'stopped');
    await publisher.page.evaluate(async () => {
      const { connections } = window as unknown as SeedWindow;
      const publishing = connections['publish stopped'];
      publishing?.connection.getTransceivers()[0]?.stop();
      await publishing?.offer();
    });
    await publisher.page.waitForFunction(() => {
      const { connection } = (window as unknown as SeedWindow).connections['publish stopped'] ?? {};
      return connection?.getTransceivers().length === 1 && connection.connectionState === 'connected';
    });
    await flows(player, 'stopped', { audio: false });
  });

  test('a player that stops receives play_finished, and the others continue', async () => {
    const publisher = await openPage();
    await publisher.publish('stream1');
    await has(publisher, { definition: 'publish_started' });
    const [staying, leaving] = [await openPage(), await openPage()];
    await staying.play('stream1');
    await leaving.play('stream1');
    await flows(leaving, 'stream1');
    await leaving.stop('play stream1', 'stream1');
    await has(leaving, { definition: 'play_finished', streamId: 'stream1' });
    await flows(staying, 'stream1');
  });

  test('when a publisher crashes, its players are notified, and its id is free for the next', async () => {
    const publisher = await openPage();
    await publisher.publish('stream1');
    await has(publisher, { definition: 'publish_started' });
    const player = await openPage();
    await player.play('stream1', 'first');
    await flows(player, 'first');
    await publisher.page.close();
    await has(player, { definition: 'play_finished', streamId: 'stream1' });
    const next = await openPage();
    await next.publish('stream1');
    await has(next, { definition: 'publish_started', streamId: 'stream1' });
    await player.play('stream1', 'second');
    await flows(player, 'second');
  });
});
