import { expect, test } from 'vitest';
import { answerCost, costOf, debtMs, fullBucket, spend } from './rate.ts';

const limit = { perSecond: 100, burst: 400 };

test('a bucket gives as much as it holds, and then as much as comes back', () => {
  let bucket = spend(fullBucket(limit, 1_000), limit, 400, 1_000);
  expect(debtMs(bucket, limit)).toBe(0);
  bucket = spend(bucket, limit, 5, 1_000);
  expect(debtMs(bucket, limit)).toBe(50);
  bucket = spend(bucket, limit, 0, 1_050);
  expect(debtMs(bucket, limit)).toBe(0);
  expect(spend(bucket, limit, 1, 1_060)).toEqual({ tokens: 0, atMs: 1_060 });
});

test('a bucket is never fuller than full, and time that goes back gives nothing', () => {
  const bucket = spend(fullBucket(limit, 0), limit, 10, 1_000_000);
  expect(bucket).toEqual({ tokens: 390, atMs: 1_000_000 });
  expect(spend(bucket, limit, 0, 0)).toEqual(bucket);
});

test('without a limit there is no wait', () => {
  const unlimited = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY };
  const bucket = spend(spend(fullBucket(unlimited, 0), unlimited, 1_000, 0), unlimited, 1_000, 0);
  expect(debtMs(bucket, unlimited)).toBe(0);
});

test('a client that enters a conference of 20 and sends everything at once stays within the burst', () => {
  const length = (bytes: number) => bytes;
  const entering =
    costOf('joinRoom', 100) + costOf('publish', 300) + costOf('takeConfiguration', length(10_000)) + answerCost;
  const playing = costOf('play', 100) + costOf('takeConfiguration', length(4_000)) + 30 * costOf('takeCandidate', 250);
  expect(entering + 20 * playing).toBeLessThan(limit.burst);
});

test('a role that starts is dearer than a message, a ping cheaper, and length counts', () => {
  expect(costOf('publish', 100)).toBeGreaterThan(costOf('stop', 100));
  expect(costOf('ping', 18)).toBeLessThan(costOf('stop', 100));
  expect(costOf(undefined, 10)).toBe(1);
  expect(costOf(undefined, 1_048_576)).toBe(257);
});
