import { expect, test } from 'vitest';
import { Demands } from './demands.ts';

const [one, other] = [{}, {}];

test('the limit is that of the best player, and absent while one can receive everything', () => {
  const demands = new Demands();
  const limits: (number | undefined)[] = [];
  demands.onChanged(() => limits.push(demands.limit));
  demands.add(one);
  demands.add(other);
  demands.set(one, 300_000);
  expect(demands.limit).toBeUndefined();
  demands.set(other, 500_000);
  demands.set(one, 200_000);
  demands.set(other, null);
  demands.remove(other);
  expect(limits).toEqual([500_000, undefined, 200_000]);
});

test('a removed or unknown player has no effect', () => {
  const demands = new Demands();
  demands.set(one, 100_000);
  expect(demands.limit).toBeUndefined();
  demands.add(one);
  demands.set(one, 100_000);
  demands.remove(one);
  expect(demands.limit).toBeUndefined();
});

test('the previous bitrate is remembered during a limit', () => {
  const demands = new Demands();
  demands.add(one);
  demands.measured(900_000);
  expect([demands.limitedFrom, demands.follows(one)]).toEqual([undefined, true]);
  demands.set(one, 300_000);
  demands.measured(290_000);
  expect(demands.limitedFrom).toBe(900_000);
  demands.add(other);
  expect([demands.limitedFrom, demands.follows(one)]).toEqual([undefined, false]);
});
