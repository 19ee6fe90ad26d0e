import { expect, test } from 'vitest';
import { PacketHistory } from './history.ts';

test('a packet is noted once, and until as many others came', () => {
  const history = new PacketHistory(4);
  expect([history.add(1), history.add(1)]).toEqual([true, false]);
  expect([2, 3, 4, 5].map((number) => history.add(number))).toEqual([true, true, true, true]);
  expect([5, 1].map((number) => history.add(number))).toEqual([false, false]);
});

test('a packet that is older than the history is not noted', () => {
  const history = new PacketHistory(4);
  for (const number of [0xffff, 0, 1, 2, 3]) history.add(number);
  expect(history.add(0xffff)).toBe(false);
});
