import { expect, test } from 'vitest';
import { PacketHistory } from './history.ts';

const packet = (sequenceNumber: number) => ({ sequenceNumber, timestamp: 0, marker: false, payload: Buffer.alloc(1) });

test('a packet is kept once, and until as many others came', () => {
  const history = new PacketHistory(4);
  expect(history.add(packet(1))).toBe(true);
  expect(history.add(packet(1))).toBe(false);
  expect(history.get(1)).toEqual(packet(1));
  for (const number of [2, 3, 4, 5]) history.add(packet(number));
  expect(history.get(1)).toBeUndefined();
  expect(history.get(5)).toEqual(packet(5));
});

test('a packet that is older than the history is not kept', () => {
  const history = new PacketHistory(4);
  for (const number of [0xffff, 0, 1, 2, 3]) history.add(packet(number));
  expect(history.add(packet(0xffff))).toBe(false);
  expect(history.get(3)).toEqual(packet(3));
});
