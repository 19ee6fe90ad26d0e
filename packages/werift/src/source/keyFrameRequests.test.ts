import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyFrameRequests, keyFrameIntervalMs, maxRepetitions } from './keyFrameRequests.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('the first request goes out at once, those that follow as one after the interval', () => {
  const send = vi.fn();
  const requests = new KeyFrameRequests(send);
  requests.request();
  expect(send).toHaveBeenCalledTimes(1);
  requests.received();
  requests.request();
  requests.request();
  expect(send).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(keyFrameIntervalMs);
  expect(send).toHaveBeenCalledTimes(2);
  requests.received();
  vi.advanceTimersByTime(10 * keyFrameIntervalMs);
  expect(send).toHaveBeenCalledTimes(2);
});

test('nothing goes out once it is closed', () => {
  const send = vi.fn();
  const requests = new KeyFrameRequests(send);
  requests.request();
  requests.request();
  requests.close();
  requests.request();
  expect(vi.getTimerCount()).toBe(0);
  expect(send).toHaveBeenCalledTimes(1);
});

test('a request is repeated until a key frame comes, ever more seldom', () => {
  const sentAtMs: (readonly [number, boolean])[] = [];
  const start = performance.now();
  const requests = new KeyFrameRequests((isRepeated) => sentAtMs.push([performance.now() - start, isRepeated]));
  requests.request();
  vi.advanceTimersByTime(1_300);
  requests.received();
  vi.advanceTimersByTime(60_000);
  expect(sentAtMs).toEqual([
    [0, false],
    [250, true],
    [750, true],
    [1_250, true],
  ]);
});

test('where no key frame comes, it is not repeated for ever, and a new request is', () => {
  const send = vi.fn();
  const requests = new KeyFrameRequests(send);
  requests.request();
  vi.advanceTimersByTime(60_000);
  expect(send).toHaveBeenCalledTimes(1 + maxRepetitions);
  requests.request();
  vi.advanceTimersByTime(60_000);
  expect(send).toHaveBeenCalledTimes(2 * (1 + maxRepetitions));
  requests.close();
});
