import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Schedule } from '../schedule.ts';
import type { Transport } from '../transport/transport.ts';
import { Outlet } from './outlet.ts';
import { QualityMeter } from './qualityMeter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a requested measurement comes at once, and many requests cause one', () => {
  const schedule = new Schedule();
  const outlet = new Outlet({ isWritable: true } as Transport, schedule, () => true);
  const meter = new QualityMeter(
    schedule,
    () => [outlet],
    () => true,
    ({ id }) => id,
  );
  const listener = vi.fn();
  meter.onMeasured(listener);
  meter.measure();
  expect(listener).not.toHaveBeenCalled();
  meter.start();
  vi.advanceTimersByTime(1_000);
  listener.mockClear();
  for (let count = 0; count < 100; count += 1) meter.measure();
  vi.advanceTimersByTime(150);
  expect(listener).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_500);
  expect(listener.mock.calls.length).toBeGreaterThan(1);
  meter.stop();
  outlet.close();
});

test('a limit that a player no longer states expires', () => {
  const schedule = new Schedule();
  const outlet = new Outlet({ isWritable: true } as Transport, schedule, () => true);
  const meter = new QualityMeter(
    schedule,
    () => [outlet],
    () => true,
    ({ id }) => id,
  );
  const bitrates: number[] = [];
  meter.onMeasured(({ bitrate }) => bitrates.push(bitrate));
  outlet.path.estimator.limit(100_000, performance.now());
  meter.start();
  expect(bitrates).toEqual([100_000]);
  vi.advanceTimersByTime(3_500);
  expect(bitrates.at(-1)).toBe(100_000);
  vi.advanceTimersByTime(6_500);
  expect(bitrates.at(-1)).toBeGreaterThan(100_000);
  meter.stop();
  outlet.close();
});
