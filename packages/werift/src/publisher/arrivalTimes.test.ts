import { expect, test } from 'vitest';
import { ArrivalTimes } from './arrivalTimes.ts';

/** Extension value of a packet sent at this time. */
const sendTime = (ms: number) => Math.round((ms * 2 ** 18) / 1000) % 2 ** 24;

test('a packet that did not wait came when it is read', () => {
  const arrivals = new ArrivalTimes();
  expect(arrivals.of(sendTime(100), 5_000, undefined)).toBe(5_000);
  expect(arrivals.of(sendTime(110), 5_025, undefined)).toBe(5_025);
});

test('packets that waited came as far from each other as they were sent', () => {
  const arrivals = new ArrivalTimes();
  arrivals.of(sendTime(100), 5_000, undefined);
  const read = [105, 110, 115].map((sentMs) => arrivals.of(sendTime(sentMs), 5_020, 5_001));
  for (const [index, expected] of [5_005, 5_010, 5_015].entries()) expect(read[index]).toBeCloseTo(expected, 1);
});

test('a packet came neither before the wait started nor after it was read', () => {
  const arrivals = new ArrivalTimes();
  arrivals.of(sendTime(100), 5_000, undefined);
  expect(arrivals.of(sendTime(101), 5_020, 5_010)).toBe(5_010);
  expect(arrivals.of(sendTime(190), 5_020, 5_010)).toBe(5_020);
});

test('a late first packet is not the reference for later packets', () => {
  const arrivals = new ArrivalTimes();
  arrivals.of(sendTime(100), 5_050, undefined);
  arrivals.of(sendTime(110), 5_020, 5_010);
  expect(arrivals.of(sendTime(120), 5_050, 5_021)).toBeCloseTo(5_030, 1);
});

test('a queue in the network stays one', () => {
  const arrivals = new ArrivalTimes();
  arrivals.of(sendTime(100), 5_000, undefined);
  arrivals.of(sendTime(110), 5_050, undefined);
  expect(arrivals.of(sendTime(120), 5_080, 5_055)).toBeCloseTo(5_060, 1);
});

test('the count of send times starts again after 64 s', () => {
  const arrivals = new ArrivalTimes();
  arrivals.of(sendTime(63_995), 5_000, undefined);
  expect(arrivals.of(sendTime(64_005), 5_030, 5_001)).toBeCloseTo(5_010, 1);
});

test('without send times a packet came when it is read', () => {
  expect(new ArrivalTimes().of(undefined, 5_020, 5_000)).toBe(5_020);
});
