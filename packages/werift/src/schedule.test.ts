import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Schedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(13);
});

afterEach(() => {
  vi.useRealTimers();
});

test('tasks of about the same time share one timer', () => {
  const schedule = new Schedule();
  const ran: string[] = [];
  for (const name of ['one', 'other']) {
    schedule.after(1_000, () => ran.push(name));
    vi.advanceTimersByTime(3);
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_050);
  expect(ran).toEqual(['one', 'other']);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  { ms: 20, apartMs: 3 },
  { ms: 200, apartMs: 40 },
  { ms: 2_500, apartMs: 200 },
])(
  'tasks in $ms ms that are asked for within $apartMs ms run at one time, if that is a good one',
  ({ ms, apartMs }) => {
    const schedule = new Schedule();
    const ran: number[] = [];
    vi.setSystemTime(0);
    // The first task is asked for shortly after a multiple of all grids.
    vi.advanceTimersByTime(1_000 - (performance.now() % 1_000));
    for (const waitMs of [apartMs / 2, 0]) {
      schedule.after(ms, (nowMs) => ran.push(nowMs));
      vi.advanceTimersByTime(waitMs);
    }
    vi.advanceTimersByTime(2 * ms);
    expect(ran).toHaveLength(2);
    expect(ran[0]).toBe(ran[1]);
  },
);

test.each([5, 50, 200, 1_000])('a task that schedules itself again after %s ms runs as often', (periodMs) => {
  const schedule = new Schedule();
  let count = 0;
  const run = () => {
    count += 1;
    schedule.after(periodMs, run);
  };
  schedule.after(periodMs, run);
  vi.advanceTimersByTime(20.5 * periodMs);
  expect(count).toBeGreaterThanOrEqual(19);
  expect(count).toBeLessThanOrEqual(21);
});

test('a sooner task does not wait for a later one, nor the other way round', () => {
  const schedule = new Schedule();
  const ran: number[] = [];
  for (const ms of [1_000, 5, 200]) schedule.after(ms, () => ran.push(ms));
  vi.advanceTimersByTime(11);
  expect(ran).toEqual([5]);
  vi.advanceTimersByTime(300);
  expect(ran).toEqual([5, 200]);
  vi.advanceTimersByTime(1_000);
  expect(ran).toEqual([5, 200, 1_000]);
});

test('a cancelled task does not run, even if the one before it cancels it, and leaves no timer', () => {
  const schedule = new Schedule();
  const task = vi.fn();
  schedule.after(100, task).cancel();
  expect(vi.getTimerCount()).toBe(0);
  schedule.after(100, () => second.cancel());
  const second = schedule.after(100, task);
  vi.advanceTimersByTime(1_000);
  expect(task).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('a process that was busy runs overdue tasks at once, in order', () => {
  const schedule = new Schedule();
  const ran: number[] = [];
  for (const ms of [50, 150, 100]) schedule.after(ms, () => ran.push(ms));
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 400);
  vi.runOnlyPendingTimers();
  vi.restoreAllMocks();
  expect(ran).toEqual([50, 100, 150]);
});

test('packets are let through between tasks that take long', async () => {
  vi.useRealTimers();
  const schedule = new Schedule();
  const order: string[] = [];
  const busy = () => {
    order.push('task');
    setImmediate(() => order.push('packet'));
    const startedAtMs = performance.now();
    while (performance.now() - startedAtMs < 5);
  };
  await new Promise<void>((resolve) => {
    schedule.after(1_000, busy);
    schedule.after(1_000, busy);
    const cancelled = schedule.after(1_000, () => order.push('cancelled'));
    schedule.after(1_000, () => resolve());
    cancelled.cancel();
  });
  expect(order).toEqual(['task', 'packet', 'task', 'packet']);
});
