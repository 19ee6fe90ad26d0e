import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyFrameRequests, keyFrameIntervalMs } from './keyFrameRequests.ts';

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
  requests.request();
  requests.request();
  expect(send).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(keyFrameIntervalMs);
  expect(send).toHaveBeenCalledTimes(2);
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
