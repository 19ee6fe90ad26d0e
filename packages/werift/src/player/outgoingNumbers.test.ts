import { expect, test } from 'vitest';
import { OutgoingNumbers } from './outgoingNumbers.ts';

test('packets follow each other, and a pause leaves no gap', () => {
  const numbers = new OutgoingNumbers();
  const first = numbers.of(10) ?? 0;
  expect(numbers.of(12)).toBe(first + 2);
  numbers.resume();
  expect(numbers.of(500)).toBe(first + 3);
});

test('a packet that is late does not set the count back', () => {
  const numbers = new OutgoingNumbers();
  const first = numbers.of(10) ?? 0;
  numbers.of(12);
  expect(numbers.of(11)).toBe(first + 1);
  numbers.resume();
  expect(numbers.of(20)).toBe(first + 3);
});

test('a packet from before a pause is neither sent nor sent again after it', () => {
  const numbers = new OutgoingNumbers();
  const first = numbers.of(10) ?? 0;
  numbers.resume();
  numbers.of(20);
  expect(numbers.of(19)).toBeUndefined();
  expect(numbers.trackNumberOf(first)).toBeUndefined();
  expect(numbers.trackNumberOf(first + 1)).toBe(20);
  expect(numbers.trackNumberOf(first + 2)).toBeUndefined();
});
