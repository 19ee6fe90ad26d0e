import { expect, test } from 'vitest';
import { pseudoRandom, quantile, SimulatedFlow, SimulatedLink, simulate } from '../test/simulatedPath.ts';
import { BandwidthEstimator } from './bandwidthEstimator.ts';
import type { FeedbackReport } from './feedbackReport.ts';

const flowOn = (
  link: SimulatedLink,
  wanted: number,
  more: { startsAtMs?: number; seed?: number; layers?: number[] } = {},
) => {
  const estimator = new BandwidthEstimator();
  return { estimator, flow: new SimulatedFlow({ link, estimator, wanted, ...more }) };
};

test('the estimate follows a link that becomes narrow within 2 s, and its queue drains', () => {
  const link = new SimulatedLink({ bitrate: (atMs) => (atMs < 20_000 ? 2_500_000 : 500_000) });
  const { estimator, flow } = flowOn(link, 2_500_000);
  simulate(link, [flow], [0, 20_000]);
  expect(estimator.bitrate).toBeGreaterThan(1_500_000);
  simulate(link, [flow], [20_000, 22_000]);
  expect(estimator.bitrate).toBeLessThan(550_000);
  const queue: number[] = [];
  simulate(link, [flow], [22_000, 23_000]);
  simulate(link, [flow], [23_000, 40_000], (atMs) => queue.push(link.queueMs(atMs)));
  expect(quantile(queue, 0.95)).toBeLessThan(100);
});

test('the estimate follows a link that becomes wide, from 150 kbit/s to 2.5 Mbit/s within 15 s', () => {
  const link = new SimulatedLink({ bitrate: (atMs) => (atMs < 30_000 ? 150_000 : 3_500_000) });
  const { estimator, flow } = flowOn(link, 2_500_000);
  simulate(link, [flow], [0, 30_000]);
  expect(estimator.bitrate).toBeLessThan(180_000);
  simulate(link, [flow], [30_000, 45_000]);
  expect(estimator.bitrate).toBeGreaterThan(2_500_000);
});

test.each([
  [300_000, 0, 0],
  [500_000, 0, 0],
  [1_000_000, 0, 10],
  [2_500_000, 0.02, 5],
  [1_000_000, 0.05, 0],
])(
  'a steady link of %i bit/s with loss %f and jitter %i ms is used to four fifths, with a short queue',
  (bitrate, loss, jitterMs) => {
    const link = new SimulatedLink({ bitrate: () => bitrate, loss, jitterMs });
    const { flow } = flowOn(link, 5_000_000);
    simulate(link, [flow], [0, 20_000]);
    const before = flow.arrivedBytes;
    const queue: number[] = [];
    simulate(link, [flow], [20_000, 80_000], (atMs) => queue.push(link.queueMs(atMs)));
    const used = ((flow.arrivedBytes - before) * 8) / 60 / (1 - loss);
    expect(used / bitrate).toBeGreaterThan(0.8);
    expect(quantile(queue, 0.95)).toBeLessThanOrEqual(100);
  },
);

test.each([0.05, 0.2])('a loss of %f that is independent of the bitrate does not limit it', (loss) => {
  const link = new SimulatedLink({ bitrate: () => 5_000_000, loss });
  const { estimator, flow } = flowOn(link, 900_000);
  simulate(link, [flow], [0, 30_000]);
  const lowest = { bitrate: Number.POSITIVE_INFINITY };
  simulate(link, [flow], [30_000, 90_000], () => {
    lowest.bitrate = Math.min(lowest.bitrate, estimator.bitrate);
  });
  expect(lowest.bitrate).toBeGreaterThan(900_000);
});

test('a link that drops the excess instead of delaying it is detected by its loss', () => {
  const link = new SimulatedLink({ bitrate: () => 500_000, queueMs: 15 });
  const { flow } = flowOn(link, 2_000_000);
  simulate(link, [flow], [0, 10_000]);
  simulate(link, [flow], [10_000, 40_000]);
  expect(quantile(flow.estimates.slice(10_000), 0.5)).toBeLessThan(750_000);
});

test('two players on one link share it within two to one', () => {
  const link = new SimulatedLink({ bitrate: () => 2_000_000 });
  const first = flowOn(link, 5_000_000);
  // Not in step with the first, whose pictures would always be ahead of its own in the queue.
  const second = flowOn(link, 5_000_000, { startsAtMs: 10_017, seed: 99 });
  simulate(link, [first.flow, second.flow], [0, 40_000]);
  const before = [first.flow.arrivedBytes, second.flow.arrivedBytes] as const;
  simulate(link, [first.flow, second.flow], [40_000, 100_000]);
  const shares = [first.flow.arrivedBytes - before[0], second.flow.arrivedBytes - before[1]];
  expect(Math.max(...shares) / Math.min(...shares)).toBeLessThan(2);
});

test('the highest layer that fits is kept for a minute on a steady link', () => {
  const link = new SimulatedLink({ bitrate: () => 1_000_000 });
  const { flow } = flowOn(link, 3_000_000, { layers: [150_000, 500_000, 1_700_000] });
  simulate(link, [flow], [0, 10_000]);
  const layers: number[] = [];
  simulate(link, [flow], [10_000, 70_000], () => layers.push(flow.target));
  expect(new Set(layers)).toEqual(new Set([500_000]));
});

test('a report on packets that were never sent, or that were reported on before, changes nothing', () => {
  const estimator = new BandwidthEstimator();
  const packets = Array.from({ length: 200 }, (_, index) => ({ sequenceNumber: 40_000 + index, arrivedAtMs: index }));
  estimator.report({ count: 0, reference: 1, packets }, 10);
  expect(estimator.isInformed).toBe(false);
  const sequenceNumber = estimator.sent(1_000, 0);
  estimator.report({ count: 1, reference: 1, packets: [{ sequenceNumber, arrivedAtMs: 1 }] }, 50);
  const { throughput, rttMs } = estimator;
  for (let count = 2; count < 100; count += 1)
    estimator.report({ count, reference: 1, packets: [{ sequenceNumber, arrivedAtMs: count }] }, 50 + count);
  expect([estimator.throughput, estimator.rttMs]).toEqual([throughput, rttMs]);
});

test('a player that reports that all is lost gets the least, and no error', () => {
  const estimator = new BandwidthEstimator();
  for (let atMs = 0; atMs < 20_000; atMs += 20) {
    const sequenceNumber = estimator.sent(1_000, atMs);
    const before = estimator.sent(1_000, atMs) - 1;
    expect(before & 0xffff).toBe(sequenceNumber);
    const packets = [sequenceNumber, sequenceNumber + 1].map((one) => ({
      sequenceNumber: one & 0xffff,
      arrivedAtMs: undefined,
    }));
    estimator.report({ count: 0, reference: 0, packets }, atMs + 50);
  }
  expect(estimator.bitrate).toBeLessThan(100_000);
});

test('a limit stated by a player without packet reports is followed, within bounds', () => {
  const estimator = new BandwidthEstimator();
  estimator.limit(0, 0);
  estimator.limit(Number.NaN, 0);
  expect(estimator.bitrate).toBe(600_000);
  estimator.limit(2 ** 80, 0);
  expect(estimator.bitrate).toBe(100_000_000);
  estimator.limit(1, 0);
  expect(estimator.bitrate).toBe(30_000);
});

test('a burst that a token bucket lets through is not taken for the bitrate of the link', () => {
  const link = new SimulatedLink({ bitrate: () => 500_000 });
  const { estimator, flow } = flowOn(link, 100_000);
  simulate(link, [flow], [0, 5_000]);
  estimator.probe(4_000_000, 5_000);
  simulate(link, [flow], [5_000, 9_000]);
  expect(estimator.bitrate).toBeLessThan(560_000);
});

/** Packets that are sent every 10 ms, and what a player says of them. */
function lyingPlayer(lie: (sequenceNumber: number, atMs: number, random: () => number) => FeedbackReport) {
  const estimator = new BandwidthEstimator();
  const random = pseudoRandom(11);
  for (let atMs = 0; atMs < 10_000; atMs += 10) {
    const number = estimator.sent(1_000, atMs);
    if (atMs % 50 === 0) estimator.report(lie(number, atMs, random), atMs);
    if (atMs % 1_000 === 0) estimator.probe(2_000_000, atMs);
    estimator.paddingDue(atMs);
    expect(estimator.bitrate).toBeGreaterThanOrEqual(30_000);
    expect(estimator.bitrate).toBeLessThanOrEqual(100_000_000);
    expect(
      [estimator.throughput, estimator.loss, estimator.rttMs].every((value) => value >= 0 && Number.isFinite(value)),
    ).toBe(true);
  }
  return estimator;
}

const ofLast = (
  number: number,
  arrivedAtMs: (index: number) => number | undefined,
  reference: number,
): FeedbackReport => ({
  count: 0,
  reference,
  packets: Array.from({ length: 5 }, (_, index) => ({
    sequenceNumber: (number - 4 + index) & 0xffff,
    arrivedAtMs: arrivedAtMs(index),
  })),
});

test.each<[string, (number: number, atMs: number, random: () => number) => FeedbackReport]>([
  [
    'that packets came at any time',
    (number, _, random) => ofLast(number, () => 1e6 * (random() - 0.5), Math.floor(random() * 2 ** 24)),
  ],
  ['that all came at once', (number) => ofLast(number, () => 0, 0)],
  ['that they came before they were sent', (number, atMs) => ofLast(number, () => -1e9, Math.floor(atMs / 64))],
  [
    'that they came in the opposite order',
    (number, atMs) => ofLast(number, (index) => (atMs % 64) - index, Math.floor(atMs / 64)),
  ],
  [
    'that every other one is lost',
    (number, atMs, random) => ofLast(number, (index) => (random() < 0.5 ? undefined : index), Math.floor(atMs / 64)),
  ],
  ['what packets were never sent', (number) => ofLast(number + 1_000, (index) => index, 0)],
])('a player that reports %s gets an estimate within bounds, and the right one once it tells the truth', (_, lie) => {
  const estimator = lyingPlayer(lie);
  const link = new SimulatedLink({ bitrate: () => 1_500_000 });
  const flow = new SimulatedFlow({ link, estimator, wanted: 1_200_000, startsAtMs: 10_000 });
  simulate(link, [flow], [10_000, 70_000]);
  expect(estimator.bitrate).toBeGreaterThan(700_000);
  const queue: number[] = [];
  simulate(link, [flow], [70_000, 90_000], (atMs) => queue.push(link.queueMs(atMs)));
  expect(quantile(queue, 0.95)).toBeLessThan(150);
});

test.each([
  [1, 30_000],
  [1e12, 100_000_000],
])('a player that limits its path to %d bit/s, and reports nothing else, is sent %d', (limit, bitrate) => {
  const estimator = new BandwidthEstimator();
  for (let atMs = 0; atMs < 1_000; atMs += 100) estimator.limit(limit, atMs);
  expect(estimator.bitrate).toBe(bitrate);
});

test('what a path had lost says nothing of the one that takes its place', () => {
  const lostOf = (moves: boolean) => {
    const link = new SimulatedLink({ bitrate: () => 2_500_000 });
    const { estimator, flow } = flowOn(link, 1_000_000);
    simulate(link, [flow], [0, 10_000]);
    const packets = Array.from({ length: 200 }, (_, index) => ({
      sequenceNumber: estimator.sent(1_200, 10_000 + 10 * index),
      arrivedAtMs: undefined,
    }));
    if (moves) estimator.moved();
    estimator.report({ reference: 0, packets } as unknown as FeedbackReport, 12_000);
    return estimator.loss;
  };
  expect(lostOf(false)).toBeGreaterThan(0.3);
  expect(lostOf(true)).toBe(0);
});
