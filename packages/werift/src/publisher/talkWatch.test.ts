import { expect, test } from 'vitest';
import { TalkWatch, talkLevel } from './talkWatch.ts';

/** Reported levels for intervals with these packet levels. */
const told = (...intervals: readonly (readonly number[])[]) => {
  const watch = new TalkWatch();
  return intervals.map((levels) => {
    for (const level of levels) watch.heard(level);
    return watch.measure();
  });
};

test('without talking, nothing is reported', () => {
  expect(told([], [127, 90], [talkLevel])).toEqual([undefined, undefined, undefined]);
});

test('the level of an interval with talking is that of its loudest packet', () => {
  expect(told([80, 30, 50], [talkLevel - 1])).toEqual([30, talkLevel - 1]);
});

test('a pause between words is not silence, and silence is reported once', () => {
  expect(told([20], [], [], [20])).toEqual([20, undefined, undefined, 20]);
  expect(told([20], [], [90], [], [], [])).toEqual([20, undefined, undefined, 127, undefined, undefined]);
});
