import { describe, expect, test } from 'vitest';
import { MissingPackets } from './missingPackets.ts';

const after = (...numbers: readonly number[]) => {
  const missing = new MissingPackets();
  for (const number of numbers) missing.received(number);
  return missing;
};

describe('MissingPackets', () => {
  test('requests packets that later ones show to be missing', () => {
    expect(after(10, 13).due(0)).toEqual([11, 12]);
    expect(after(0xfffe, 1).due(0)).toEqual([0xffff, 0]);
  });

  test('requests nothing before the first packet, and no late packets', () => {
    expect(after(10).due(0)).toEqual([]);
    expect(after(10, 12, 11).due(0)).toEqual([]);
  });

  test('requests again after a while, and finally abandons', () => {
    const missing = after(10, 12);
    let requests = 0;
    for (let atMs = 0; atMs < 5_000; atMs += 20) requests += missing.due(atMs).length;
    expect(requests).toBe(10);
    expect(missing.takeBroken()).toBe(true);
    expect(missing.takeBroken()).toBe(false);
  });

  test('abandons at once without retransmissions', () => {
    const missing = new MissingPackets(1);
    for (const number of [10, 13, 12]) missing.received(number);
    expect(missing.due(0)).toEqual([11]);
    expect([missing.due(99), missing.takeBroken()]).toEqual([[], false]);
    expect([missing.due(100), missing.takeBroken()]).toEqual([[], true]);
  });

  test('treats a long gap as an interruption', () => {
    const missing = after(10, 1000);
    expect(missing.due(0)).toEqual([]);
    expect(missing.takeBroken()).toBe(true);
  });
});
