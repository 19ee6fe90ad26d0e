import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LoopWatch } from './loopWatch.ts';

/** A watch of a simulated event loop. */
function simulated() {
  const loop = { turn: 1, idleMs: 0, delayMs: 0 };
  let nowMs = 1_000;
  let looks = 0;
  const watch = new LoopWatch({
    read: () => loop,
    readDelayMs: () => {
      looks += 1;
      return loop.delayMs;
    },
  });
  return {
    /** The next turn: `idleMs` of waiting, then `busyMs` of work before something is read. */
    turn(idleMs: number, busyMs: number): number | undefined {
      loop.turn += 1;
      loop.idleMs += idleMs;
      nowMs += idleMs + busyMs;
      return watch.busySince(nowMs);
    },
    /** The next turn, which has to wait for a CPU for `delayMs`. */
    delayed(idleMs: number, delayMs: number): number | undefined {
      loop.turn += 1;
      loop.idleMs += idleMs + delayMs;
      loop.delayMs += delayMs;
      nowMs += idleMs + delayMs;
      return watch.busySince(nowMs);
    },
    /** Something else that is read in the same turn, after `busyMs` of work. */
    read(busyMs: number): number | undefined {
      nowMs += busyMs;
      return watch.busySince(nowMs);
    },
    now: () => nowMs,
    looks: () => looks,
  };
}

test('data read by an idle loop has not waited', () => {
  const { turn, read } = simulated();
  expect([turn(5, 0), turn(20, 0.5), read(0.2), turn(1_000, 1)]).toEqual([undefined, undefined, undefined, undefined]);
});

test('data read after a long task may have waited as long as the task, and no longer', () => {
  const { turn, now } = simulated();
  turn(5, 0);
  turn(5, 0);
  expect(turn(0, 20)).toBe(now() - 20);
  expect(turn(30, 0)).toBeUndefined();
  expect(turn(100, 15)).toBe(now() - 15);
});

test('everything that is read in the turn after a long task may have waited', () => {
  const { turn, read, now } = simulated();
  turn(5, 0);
  const since = turn(0, 20);
  expect(read(0.1)).toBe(since);
  expect(read(1)).toBe(since);
  expect(since).toBeCloseTo(now() - 21.1);
});

test('data read after a long task of the same turn may have waited for it', () => {
  const { turn, read, now } = simulated();
  expect(turn(5, 0)).toBeUndefined();
  expect(read(20)).toBe(now() - 20);
});

test('data read by a loop without a CPU may have waited for it', () => {
  const { turn, delayed, now } = simulated();
  turn(5, 0);
  expect(delayed(50, 30)).toBe(now() - 30);
  expect(delayed(20, 30)).toBe(now() - 30);
  expect(delayed(20, 1)).toBeUndefined();
});

test('a thread that does not wait for a CPU is looked at every 50 ms, one that did in every turn for a second', () => {
  const { turn, delayed, looks } = simulated();
  for (let count = 0; count < 100; count += 1) turn(10, 0);
  expect(looks()).toBe(20);
  delayed(50, 30);
  const before = looks();
  for (let count = 0; count < 100; count += 1) turn(10, 0);
  expect(looks() - before).toBe(100);
  for (let count = 0; count < 100; count += 1) turn(10, 0);
  expect(looks() - before).toBe(120);
});

test('a loop that is always busy ignores earlier turns than the last', () => {
  const { turn, now } = simulated();
  turn(5, 0);
  for (let count = 0; count < 10; count += 1) turn(0, 10);
  expect(turn(0, 10)).toBe(now() - 10);
});

test('the event loop of this process shows a long task', async () => {
  const watch = new LoopWatch();
  watch.busySince(performance.now());
  await setTimeout(20);
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < 50);
  await setTimeout(1);
  const now = performance.now();
  expect(watch.busySince(now)).toBeLessThanOrEqual(now - 45);
});
