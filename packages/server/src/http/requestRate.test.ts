import { expect, test } from 'vitest';
import { RequestRate } from './requestRate.ts';

test('an address has so many requests at once, and others as they come back', () => {
  let nowMs = 0;
  const rate = new RequestRate({ perSecond: 2, burst: 3 }, () => nowMs);
  for (let count = 0; count < 3; count += 1) expect(rate.take('192.0.2.1')).toBe(0);
  // Those that are refused cost nothing.
  for (let count = 0; count < 10; count += 1) expect(rate.take('192.0.2.1')).toBe(500);
  expect(rate.take('::ffff:192.0.2.1')).toBe(500);
  expect(rate.take('192.0.2.2')).toBe(0);
  nowMs = 500;
  expect(rate.take('192.0.2.1')).toBe(0);
  expect(rate.take('192.0.2.1')).toBe(500);
});

test('work that a request turned out to cause delays the following ones', () => {
  let nowMs = 0;
  const rate = new RequestRate({ perSecond: 2, burst: 3 }, () => nowMs);
  for (let count = 0; count < 8; count += 1) expect(rate.take('192.0.2.1', 0.25)).toBe(0);
  rate.charge('192.0.2.1', 2);
  expect(rate.take('192.0.2.1')).toBe(1_000);
  nowMs = 1_000;
  expect(rate.take('192.0.2.1')).toBe(0);
});
