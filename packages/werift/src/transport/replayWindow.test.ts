import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { ReplayWindow } from './replayWindow.ts';

test('a number is received once, in any order within the window', () => {
  const window = new ReplayWindow(64);
  for (const number of [0, 3, 1, 64]) {
    expect(window.has(number)).toBe(false);
    window.add(number);
    expect(window.has(number)).toBe(true);
  }
  expect([2, 4, 63].map((number) => window.has(number))).toEqual([false, false, false]);
});

test('a number behind the window counts as received', () => {
  const window = new ReplayWindow(64);
  window.add(100);
  expect([36, 37].map((number) => window.has(number))).toEqual([true, false]);
});

test('it is right about any numbers, leaps beyond the window among them', () => {
  assert(
    property(array(integer({ min: -80, max: 200 }), { minLength: 20, maxLength: 100 }), (steps) => {
      const window = new ReplayWindow(64);
      const added = new Set<number>();
      let highest = 2 ** 33;
      for (const step of steps) {
        const number = highest + step;
        expect(window.has(number)).toBe(added.has(number) || number <= Math.max(...added, -1) - 64);
        window.add(number);
        if (number > Math.max(...added, -1) - 64) added.add(number);
        highest = Math.max(highest, number);
      }
    }),
  );
});
