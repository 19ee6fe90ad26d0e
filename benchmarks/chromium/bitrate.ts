import type { Browser } from 'playwright-core';
import { startSigchart } from '../media/sigchart.ts';
import { type Benchmark, digits, median, percent } from '../report/table.ts';
import { type BenchmarkWindow, hasChromium, launchChromium, openPage, type Sending } from './browser.ts';

const runs = 5;

/** Start of the measurement. Seconds after the connection is connected. */
const from = 8;
const to = 10;

/** Result of one run: the publisher's bitrate, and the delay of a late player's first frame. */
interface RunResult {
  readonly sending: Sending;
  readonly firstFrameMs?: number;
}

async function throughServer(browser: Browser, url: string, http: string): Promise<RunResult> {
  const [publisher, player, late] = [
    await openPage(browser, http),
    await openPage(browser, http),
    await openPage(browser, http),
  ];
  const options = [url, 'benchmark'] as const;
  await publisher.evaluate(([url, id]) => (window as unknown as BenchmarkWindow).publish(url, id), options);
  const play = ([url, id]: typeof options) => (window as unknown as BenchmarkWindow).play(url, id);
  const first = player.evaluate(play, options);
  const sending = await publisher.evaluate(([from, to]) => (window as unknown as BenchmarkWindow).sending(from, to), [
    from,
    to,
  ] as const);
  await first;
  const firstFrameMs = await late.evaluate(play, options);
  await Promise.all([publisher, player, late].map((page) => page.close()));
  return { sending, firstFrameMs };
}

async function peerToPeer(browser: Browser, http: string): Promise<RunResult> {
  const [publisher, player] = [await openPage(browser, http), await openPage(browser, http)];
  const offer = await publisher.evaluate(() => (window as unknown as BenchmarkWindow).offer());
  const answer = await player.evaluate((sdp) => (window as unknown as BenchmarkWindow).answer(sdp), offer);
  await publisher.evaluate((sdp) => (window as unknown as BenchmarkWindow).answered(sdp), answer);
  const sending = await publisher.evaluate(([from, to]) => (window as unknown as BenchmarkWindow).sending(from, to), [
    from,
    to,
  ] as const);
  await Promise.all([publisher, player].map((page) => page.close()));
  return { sending };
}

function row(name: string, found: readonly RunResult[], share: string): readonly string[] {
  const all = found.map(({ sending }) => sending);
  const of = (read: (sending: Sending) => number) => median(all.map(read));
  const last = all.at(-1);
  return [
    name,
    digits(of(({ kbps }) => kbps)),
    digits(of(({ targetKbps }) => targetKbps)),
    digits(of(({ framesPerSecond }) => framesPerSecond)),
    `${last?.width} × ${last?.height}`,
    share,
  ];
}

/** Bitrate of a Chromium publisher through the server and peer to peer, and the delay of a late player's first frame. */
export const bitrate: Benchmark = {
  name: 'chromium',
  title: 'A Chromium publisher',
  async run(progress) {
    if (!hasChromium()) return [{ head: ['There is no Chromium on this machine.'], rows: [] }];
    const server = await startSigchart();
    const [direct, forwarded]: [RunResult[], RunResult[]] = [[], []];
    for (let run = 1; run <= runs; run += 1) {
      const browser = await launchChromium();
      progress(`peer to peer, run ${run} of ${runs}`);
      direct.push(await peerToPeer(browser, server.http));
      progress(`through the server, run ${run} of ${runs}`);
      forwarded.push(await throughServer(browser, server.ws, server.http));
      await browser.close();
      const [one, other] = [direct, forwarded].map((found) => found.at(-1)?.sending);
      progress(`${JSON.stringify(one)} and ${JSON.stringify(other)}`);
    }
    await server.stop();
    const kbps = (found: readonly RunResult[]) => median(found.map(({ sending }) => sending.kbps));
    const share = percent(kbps(forwarded) / kbps(direct));
    const waits = forwarded.map(({ firstFrameMs = Number.NaN }) => firstFrameMs);
    return [
      {
        head: ['720p, VP8', 'kbit/s', 'encoder target, kbit/s', 'frames a second', 'size', 'share'],
        rows: [row('peer to peer', direct, '100 %'), row('through the server', forwarded, share)],
        note: `Medians of ${runs} runs, taken in turns, between ${from} and ${to} s after the connection. One player in the same browser decodes what it gets.`,
      },
      {
        head: ['A late player', 'median, ms', 'longest, ms'],
        rows: [['from `play` to the first frame on the page', digits(median(waits)), digits(Math.max(...waits))]],
        note: 'The same runs: another page plays what has been published for ten seconds.',
      },
    ];
  },
};
