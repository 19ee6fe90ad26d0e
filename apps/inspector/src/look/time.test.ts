import { expect, test } from 'vitest';
import { duration, short } from './time.ts';

test('a length of time has the unit that suits it', () => {
  const minute = 60_000;
  const lengths = [
    0,
    999,
    1_000,
    9_940,
    9_960,
    59_400,
    minute,
    59 * minute,
    60 * minute,
    90 * minute,
    48 * 60 * minute,
  ];
  expect(lengths.map(duration)).toEqual([
    '0 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '1 h 30 min',
    '2 d',
  ]);
});

test('a large number is short', () => {
  expect([0, 999, 1_000, 9_960, 999_600].map(short)).toEqual(['0', '999', '1.0k', '10k', '1.0M']);
});
