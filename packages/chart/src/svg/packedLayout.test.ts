import { expect, test } from 'vitest';
import type { Layout } from './layout.ts';
import { packLayout, unpackLayout } from './packedLayout.ts';

test('a layout is the same after it was packed', () => {
  const layout: Layout = {
    width: 300,
    height: 200,
    states: [
      [0, 0, 300, 200],
      [20, 40, 80, 27],
      [160, 120, 80, 27],
    ],
    initials: [[10, 30, 60, 30, 60, 40], [], []],
    arrows: [
      { line: [100, 50, 200, 50, 200, 120], label: [120, 30] },
      { line: [180, 147, 180, 170, 50, 170, 50, 67], label: [60, 150] },
      { line: [], label: [0, 0] },
    ],
  };
  expect(unpackLayout(packLayout(layout))).toEqual(layout);
});
