import { expect, test } from 'vitest';
import { SentPackets } from './sentPackets.ts';

test('a packet is found by its number of 16 bits, until it was reported on', () => {
  const sent = new SentPackets();
  for (let number = 0; number < 70_000; number += 1) expect(sent.add(100, number)).toBe(number & 0xffff);
  const packet = sent.find(69_999 & 0xffff);
  expect(packet).toEqual({ number: 69_999, sentAtMs: 69_999, bytes: 100 });
  if (packet !== undefined) sent.settle(packet);
  expect(sent.find(69_999 & 0xffff)).toBeUndefined();
});

test('a number that was not used, or too long ago, is unknown', () => {
  const sent = new SentPackets();
  expect(sent.find(0)).toBeUndefined();
  for (let number = 0; number < 3_000; number += 1) sent.add(100, number);
  expect(sent.find(3_000)).toBeUndefined();
  expect(sent.find(0)).toBeUndefined();
  expect(sent.find(2_999)?.number).toBe(2_999);
});
