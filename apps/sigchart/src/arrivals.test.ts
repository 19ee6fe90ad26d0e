import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';
import { encodeMark, markOf } from './mark.ts';

const [one, other] = ['0011223344556677', '8899aabbccddeeff'];

test('a mark is read at the end of a payload', () => {
  const payload = Buffer.concat([Buffer.from('frame'), encodeMark({ name: one, count: 7 })]);
  expect(markOf(payload)).toEqual({ name: one, count: 7 });
  expect(markOf(payload.subarray(0, -1))).toBeUndefined();
  expect(markOf(Buffer.from('frame'))).toBeUndefined();
});

test('video counts once a decoder has had something to start with', () => {
  const arrivals = new Arrivals();
  const add = (count: number, isStart: boolean) => arrivals.add({ kind: 'video', mark: { name: one, count }, isStart });
  expect([add(1, false), add(2, false), add(3, true), add(4, false), add(5, false)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(arrivals.usable('video')).toBe(2);
  expect(arrivals.usable('audio')).toBe(0);
});

test('packets count by their origin; unmarked ones may be from each', () => {
  const arrivals = new Arrivals();
  for (let count = 1; count <= 4; count += 1) {
    arrivals.add({ kind: 'audio', mark: { name: one, count }, isStart: true });
    if (count <= 3) arrivals.add({ kind: 'audio', mark: { name: other, count }, isStart: true });
  }
  expect(arrivals.usable('audio')).toBe(5);
  expect([arrivals.usable('audio', [one]), arrivals.usable('audio', [other])]).toEqual([3, 2]);
  arrivals.add({ kind: 'audio', mark: undefined, isStart: true });
  arrivals.add({ kind: 'audio', mark: undefined, isStart: true });
  expect(arrivals.usable('audio', [one])).toBe(3 + 2);
});

test('a packet of which most neighbours are missing does not count, and neither does one that arrives twice', () => {
  const arrivals = new Arrivals();
  for (const count of [1, 11, 21, 31, 31, 41])
    arrivals.add({ kind: 'audio', mark: { name: one, count }, isStart: true });
  expect(arrivals.usable('audio')).toBe(0);
});
