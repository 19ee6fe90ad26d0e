import type { Browser, Page } from 'playwright-core';
import { type RunningSigchart, startSigchart } from '../media/sigchart.ts';
import { type Benchmark, digits } from '../report/table.ts';
import { executablePath, hasChromium, launchChromium, openPage } from './browser.ts';
import { bridgeAddress, createNetwork, type Namespace, type Network } from './namespace.ts';

/** One encoding of a publisher's picture, as `sendEncodings` has it. */
interface Encoding {
  readonly rid?: string;
  readonly maxBitrate: number;
  readonly scaleResolutionDownBy?: number;
  readonly scalabilityMode?: string;
}

/** Video of a publisher. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Default VP8. */
  readonly codec?: 'AV1' | 'H264';
  readonly encodings: readonly Encoding[];
}

/** Media that a player has received since its start. */
interface Received {
  readonly frames: number;
  readonly freezes: number;
  readonly height: number;
  readonly lost: number;
  readonly audioPackets: number;
  readonly audioLost: number;
  readonly bufferMs: number;
  readonly buffered: number;
  readonly bytes: number;
  readonly firstPictureMs?: number;
}

/** Globals that the script sets on a page. */
interface LinksWindow {
  publishPicture(url: string, streamId: string, picture: Picture): Promise<void>;
  playPicture(url: string, streamId: string): Promise<void>;
  received(): Promise<Received>;
  sent(): Promise<readonly { readonly height: number; readonly frames: number; readonly bytes: number }[]>;
}

/** Situation to measure. */
interface Situation {
  readonly name: string;
  readonly picture: Picture;
  /** Bandwidth of the player's link at first. kbit/s; absent: unlimited. */
  readonly kbps?: number;
  /** The share of datagrams to the player that are lost. */
  readonly loss?: number;
  /** True if another player has an unlimited link. */
  readonly hasOther: boolean;
  /** True if the link recovers after the measurement. */
  readonly recovers?: boolean;
  /** True if the measurement covers the player's join. */
  readonly isJoin?: boolean;
}

const [framesPerSecond, settleS, measureS, recoveryS] = [20, 12, 10, 25];

const single = (encoding: Encoding, codec?: 'AV1' | 'H264'): Picture => ({
  ...{ width: 640, height: 360, framesPerSecond, encodings: [encoding] },
  ...(codec && { codec }),
});

/** Chromium sends three encodings from 540 lines on. */
const simulcast: Picture = {
  width: 960,
  height: 540,
  framesPerSecond,
  encodings: [
    { rid: 'q', maxBitrate: 130_000, scaleResolutionDownBy: 4 },
    { rid: 'h', maxBitrate: 400_000, scaleResolutionDownBy: 2 },
    { rid: 'f', maxBitrate: 1_100_000 },
  ],
};

const situations: readonly Situation[] = [
  { name: '500 kbit/s, one layer', picture: single({ maxBitrate: 900_000 }), kbps: 500, hasOther: true },
  {
    name: '500 kbit/s, three temporal layers (L1T3)',
    picture: single({ maxBitrate: 900_000, scalabilityMode: 'L1T3' }),
    kbps: 500,
    hasOther: true,
  },
  ...(['AV1', 'H264'] as const).map((codec) => ({
    name: `500 kbit/s, three temporal layers (L1T3) of ${codec}`,
    picture: single({ maxBitrate: 900_000, scalabilityMode: 'L1T3' }, codec),
    kbps: 500,
    hasOther: true,
  })),
  { name: '500 kbit/s, nobody else plays', picture: single({ maxBitrate: 1_200_000 }), kbps: 500, hasOther: false },
  { name: '600 kbit/s, simulcast', picture: simulcast, kbps: 600, hasOther: true, recovers: true },
  { name: 'joining over 300 kbit/s, simulcast', picture: simulcast, kbps: 300, hasOther: true, isJoin: true },
  { name: '5 % loss', picture: single({ maxBitrate: 900_000 }), loss: 0.05, hasOther: true },
  { name: '20 % loss', picture: single({ maxBitrate: 900_000 }), loss: 0.2, hasOther: true },
];

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, 1000 * count));

const received = (page: Page) => page.evaluate(() => (window as unknown as LinksWindow).received());
const sent = (page: Page) => page.evaluate(() => (window as unknown as LinksWindow).sent());

interface Pages {
  readonly publisher: Page;
  readonly player: Page;
  readonly link: Namespace;
}

/** Measurements of a player second by second, until `until` holds or the time is over. */
async function watch(
  player: Page,
  count: number,
  progress: (what: string) => void,
  until: (now: Received, before: Received) => boolean = () => false,
): Promise<number> {
  let before = await received(player);
  for (let second = 1; second <= count; second += 1) {
    await seconds(1);
    const now = await received(player);
    progress(
      `${second} s: ${now.frames - before.frames} pictures of ${now.height} lines, ${digits((8 * (now.bytes - before.bytes)) / 1000)} kbit/s, ${now.lost - before.lost} lost`,
    );
    if (until(now, before)) return second;
    before = now;
  }
  return Number.NaN;
}

async function measure(situation: Situation, { publisher, player, link }: Pages, progress: (what: string) => void) {
  if (situation.isJoin) await watch(player, 8, progress);
  else await watch(player, settleS, progress);
  const [before, sentBefore] = [await received(player), await sent(publisher)];
  await watch(player, measureS, progress);
  const [after, sentAfter] = [await received(player), await sent(publisher)];
  const fps = (after.frames - before.frames) / measureS;
  const encoded = sentAfter.map(({ frames }, index) => (frames - (sentBefore[index]?.frames ?? 0)) / measureS);
  let recovery = Number.NaN;
  if (situation.recovers) {
    link.limit(undefined);
    const top = Math.max(...sentAfter.map(({ height }) => height));
    recovery = await watch(player, recoveryS, progress, (now, last) => now.height === top && now.frames > last.frames);
  }
  const buffered = after.buffered - before.buffered;
  return [
    `${digits(fps)} of ${encoded.map((each) => digits(each)).join(' / ')}`,
    fps === 0 ? '–' : String(after.height),
    String(after.freezes - before.freezes),
    String(after.lost - before.lost),
    `${after.audioLost - before.audioLost} of ${after.audioPackets + after.audioLost - before.audioPackets - before.audioLost}`,
    buffered === 0 ? '–' : digits((after.bufferMs - before.bufferMs) / buffered),
    digits((after.firstPictureMs ?? Number.NaN) / 1000),
    digits(recovery),
  ];
}

async function tried(
  situation: Situation,
  server: RunningSigchart,
  { near, far, link }: { readonly near: Browser; readonly far: Browser; readonly link: Namespace },
  progress: (what: string) => void,
): Promise<readonly string[]> {
  const [publisher, player] = [await openPage(near, server.http), await openPage(far, server.http)];
  const streamId = `links${Date.now()}`;
  const args = [server.ws, streamId, situation.picture] as const;
  await publisher.evaluate(
    ([url, id, picture]) => (window as unknown as LinksWindow).publishPicture(url, id, picture),
    args,
  );
  const play = (page: Page) =>
    page.evaluate(([url, id]) => (window as unknown as LinksWindow).playPicture(url, id), args);
  if (situation.hasOther) await play(await openPage(near, server.http));
  // The encoder has adapted to its own link.
  await seconds(6);
  link.limit(situation.kbps);
  if (situation.loss !== undefined) link.lose(situation.loss);
  await play(player);
  return [situation.name, ...(await measure(situation, { publisher, player, link }, progress))];
}

/** Video of a player over a link that carries less than the publisher sends, or that loses datagrams. */
export const links: Benchmark = {
  name: 'links',
  title: 'Players on thin and lossy links',
  async run(progress) {
    if (!hasChromium()) return [{ head: ['There is no Chromium on this machine.'], rows: [] }];
    let network: Network;
    try {
      network = createNetwork();
    } catch (error) {
      return [{ head: [`This machine makes no network namespaces: ${error}`], rows: [] }];
    }
    const server = await startSigchart({ address: bridgeAddress });
    const rows: (readonly string[])[] = [];
    for (const [index, situation] of situations.entries()) {
      progress(situation.name);
      const [nearby, link] = [
        network.namespace(`near${index}`, executablePath),
        network.namespace(`far${index}`, executablePath),
      ];
      const [near, far] = [await launchChromium(nearby.program), await launchChromium(link.program)];
      rows.push(await tried(situation, server, { near, far, link }, progress));
      progress(rows.at(-1)?.join(' | ') ?? '');
      for (const browser of [near, far]) await browser.close();
      for (const namespace of [nearby, link]) namespace.close();
    }
    await server.stop();
    network.close();
    return [
      {
        head: [
          '20 pictures a second, of VP8 where no codec is named',
          'pictures a second, of those sent in each encoding',
          'lines',
          'freezes in 10 s',
          'packets lost',
          'audio lost',
          'jitter buffer, ms',
          'first picture, s',
          'top layer again after, s',
        ],
        rows,
        note: 'Chromium publishes and plays, each in a network namespace; `tbf` with a queue of 300 ms limits what the player gets, nftables drop datagrams. Measured for 10 s, 12 s after `play`; for who joins, 8 s after it.',
      },
    ];
  },
};
