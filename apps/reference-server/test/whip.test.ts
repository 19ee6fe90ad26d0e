import { fileURLToPath } from 'node:url';
import { Audio, PeerConnection, Video } from 'node-datachannel';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf } from './bundle.ts';
import { launchChromium } from './chromium.ts';
import { heldNothing, plainPage, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

interface WhipWindow {
  whipOpen(kind: string, name: string, url: string, token?: string): Promise<string>;
  whipRestart(name: string): Promise<void>;
  whipStop(name: string): Promise<void>;
  whipReceived(name: string): Promise<{ frames: number; audioPackets: number; state: string | undefined }>;
}

let server: RunningServer;
let browser: Browser;
let script: string;
const pages: Page[] = [];

beforeAll(async () => {
  [server, browser, script] = await Promise.all([
    startServer(),
    launchChromium(),
    bundleOf(fileURLToPath(new URL('whipPage.ts', import.meta.url))),
  ]);
});

afterAll(async () => {
  await browser.close();
  expect(await server.stop()).toBe(0);
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await heldNothing(server);
});

async function openPage() {
  const page = await plainPage(browser, server.http);
  pages.push(page);
  await page.addScriptTag({ content: script, type: 'module' });
  await page.waitForFunction(() => 'whipOpen' in window);
  const call = <Name extends keyof WhipWindow>(name: Name, ...args: Parameters<WhipWindow[Name]>) =>
    page.evaluate(
      ([name, args]) => (window as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args),
      [name, args] as const,
    ) as ReturnType<WhipWindow[Name]>;
  return { page, call };
}

type OpenPage = Awaited<ReturnType<typeof openPage>>;

/** Waits until video and audio keep arriving. */
async function receives({ call }: OpenPage, name: string) {
  const before = await call('whipReceived', name);
  await until(async () => {
    const { frames, audioPackets } = await call('whipReceived', name);
    expect(frames).toBeGreaterThan(before.frames + 10);
    expect(audioPackets).toBeGreaterThan(before.audioPackets + 20);
  });
}

describe.each(['whip-whep', 'Eyevinn'])('a publisher by %s', (maker) => {
  test.each(['whip-whep', 'Eyevinn'])('is played by %s', async (other) => {
    const page = await openPage();
    const publish = await page.call('whipOpen', `${maker} publisher`, 'publisher', `${server.http}/live/whip/s1`);
    expect(publish).toBe('open');
    await until(async () => expect((await page.call('whipReceived', 'publisher')).state).toBe('connected'));
    await until(async () => {
      const played = await page.call('whipOpen', `${other} player`, 'player', `${server.http}/live/whep/s1`);
      expect(played).toBe('open');
    });
    await receives(page, 'player');
    await page.call('whipStop', 'player');
    await page.call('whipStop', 'publisher');
  });
});

// The client joins several candidates with commas, which no browser reads: it needs a server with one.
test('an ICE restart by whip-whep keeps the stream', async () => {
  const one = await startServer('--media-address', '127.0.0.1');
  const page = await openPage();
  await page.call('whipOpen', 'whip-whep publisher', 'publisher', `${one.http}/live/whip/s1`);
  await until(async () =>
    expect(await page.call('whipOpen', 'whip-whep player', 'player', `${one.http}/live/whep/s1`)).toBe('open'),
  );
  await receives(page, 'player');
  await page.call('whipRestart', 'publisher');
  await receives(page, 'player');
  await page.call('whipRestart', 'player');
  await receives(page, 'player');
  await page.call('whipStop', 'player');
  await page.call('whipStop', 'publisher');
  await heldNothing(one);
  expect(await one.stop()).toBe(0);
});

describe('libdatachannel, on which the WHIP output of OBS is built', () => {
  /** A connection as OBS makes it: H264 and Opus, with all candidates in the description. */
  async function connect(direction: 'SendOnly' | 'RecvOnly', url: string) {
    const connection = new PeerConnection(direction, { iceServers: [], disableAutoNegotiation: true });
    const video = new Video('0', direction);
    video.addH264Codec(96);
    const audio = new Audio('1', direction);
    audio.addOpusCodec(111);
    if (direction === 'SendOnly') {
      video.addSSRC(1001, 'obs', 'obs', 'video');
      audio.addSSRC(1002, 'obs', 'obs', 'audio');
    }
    const tracks = [connection.addTrack(video), connection.addTrack(audio)];
    const gathered = new Promise<void>((resolve) =>
      connection.onGatheringStateChange((state) => state === 'complete' && resolve()),
    );
    connection.setLocalDescription('offer');
    await gathered;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: connection.localDescription()?.sdp ?? '',
    });
    expect(response.status).toBe(201);
    connection.setRemoteDescription(await response.text(), 'answer');
    const resource = new URL(response.headers.get('location') ?? '', url);
    return {
      tracks,
      async stop() {
        expect((await fetch(resource, { method: 'DELETE' })).status).toBe(200);
        connection.close();
      },
    };
  }

  /** An RTP packet of a payload type, that carries its number. */
  function packetOf(payloadType: number, ssrc: number, number: number) {
    const packet = Buffer.alloc(12 + 20, 0x65);
    packet[0] = 0x80;
    packet[1] = payloadType;
    packet.writeUInt16BE(number, 2);
    packet.writeUInt32BE(number * 3000, 4);
    packet.writeUInt32BE(ssrc, 8);
    return packet;
  }

  test('publishes H264 and Opus, and plays them', async () => {
    const publisher = await connect('SendOnly', `${server.http}/live/whip/obs`);
    await until(async () => expect(publisher.tracks.every((track) => track.isOpen())).toBe(true));
    let number = 0;
    const sending = setInterval(() => {
      number += 1;
      publisher.tracks[0]?.sendMessageBinary(packetOf(96, 1001, number));
      publisher.tracks[1]?.sendMessageBinary(packetOf(111, 1002, number));
    }, 20);
    await until(async () => expect((await server.holds()).sources).toBe(1));
    const player = await connect('RecvOnly', `${server.http}/live/whep/obs`);
    const received = player.tracks.map(() => 0);
    for (const [index, track] of player.tracks.entries())
      track.onMessage(() => {
        received[index] = (received[index] ?? 0) + 1;
      });
    await until(async () => expect(received.every((count) => count > 20)).toBe(true));
    clearInterval(sending);
    await player.stop();
    await publisher.stop();
  });
});
