import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoopWatch } from './loopWatch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a loop that turns is not busy', () => {
  const watch = new LoopWatch();
  watch.start();
  vi.advanceTimersByTime(5);
  const now = performance.now();
  expect([now, now + 4].map((atMs) => watch.busySince(atMs))).toEqual([undefined, undefined]);
  watch.stop();
});

test('what is read before the timer that is late may have waited since the last one', () => {
  const watch = new LoopWatch();
  watch.start();
  vi.advanceTimersByTime(5);
  const lookedAtMs = performance.now();
  expect(watch.busySince(lookedAtMs + 20)).toBe(lookedAtMs);
  watch.stop();
});

test('nothing is watched once everybody has stopped', () => {
  const watch = new LoopWatch();
  watch.start();
  watch.start();
  watch.stop();
  expect(vi.getTimerCount()).toBe(1);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});
