import { expect, test } from 'vitest';
import { drawnOf } from './useWindow.ts';

test('of 10 000 rows only those near the view are drawn', () => {
  const { first, end } = drawnOf(10_000, 50, 200_000, 600);
  expect(first).toBeLessThanOrEqual(4_000);
  expect(end).toBeGreaterThanOrEqual(4_012);
  expect(end - first).toBeLessThan(40);
});

test('a list that became short is drawn from where it now ends', () => {
  expect(drawnOf(0, 50, 200_000, 600)).toEqual({ first: 0, end: 0 });
  expect(drawnOf(3, 50, 200_000, 600)).toEqual({ first: 2, end: 3 });
});
