import { expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

/** Offers packets at once and returns when each one left. */
function leave(pacer: Pacer, packets: number, bytes = 1_200): readonly number[] {
  let now = 1_000;
  const left: number[] = [];
  for (let index = 0; index < packets; index += 1)
    if (pacer.take(bytes, now)) left.push(now);
    else pacer.wait(pacer, bytes, () => left.push(now));
  for (; pacer.isWaiting; now += 5) pacer.drain(now);
  return left;
}

test('a picture as usual leaves at once', () => {
  expect(new Set(leave(new Pacer(() => 1_000_000), 3))).toEqual(new Set([1_000]));
});

test('a key frame is spread over the time that its path needs, in order and at most for half a second', () => {
  const left = leave(new Pacer(() => 500_000), 30);
  const tookMs = (left.at(-1) ?? 0) - (left[0] ?? 0);
  expect(left).toHaveLength(30);
  expect(tookMs).toBeGreaterThan(250);
  expect(tookMs).toBeLessThanOrEqual(500);
  expect(left).toEqual([...left].sort((one, other) => one - other));
});

test('on a narrow path, a key frame leaves sooner than its path would take it', () => {
  const left = leave(new Pacer(() => 30_000), 60);
  const tookMs = (left.at(-1) ?? 0) - (left[0] ?? 0);
  // The lowest rate alone would take 1.9 s.
  expect(tookMs).toBeGreaterThan(500);
  expect(tookMs).toBeLessThan(1_400);
});

test('the queue of one owner can be dropped, and the rest continues', () => {
  const pacer = new Pacer(() => 30_000);
  const [gone, kept] = [{}, {}];
  const left: object[] = [];
  while (pacer.take(1_200, 0));
  for (const owner of [gone, kept, gone]) pacer.wait(owner, 1_200, () => left.push(owner));
  pacer.drop(gone);
  for (let now = 5; pacer.isWaiting; now += 5) pacer.drain(now);
  expect(left).toEqual([kept]);
});
