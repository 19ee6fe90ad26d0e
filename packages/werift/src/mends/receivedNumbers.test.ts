import { describe, expect, test } from 'vitest';
import { ReceivedNumbers } from './receivedNumbers.ts';

/** Takes numbers in, one after another. Returns what each led to, and the gap blocks at the end. */
function taken(cumulative: number, numbers: readonly number[]) {
  const received = new ReceivedNumbers();
  let reached = cumulative;
  const led = numbers.map((tsn) => {
    const next = received.note(tsn, reached);
    reached = next ?? reached;
    return next;
  });
  return { received, led, gaps: received.gapBlocks(reached) };
}

const last = 2 ** 32 - 1;

describe('received numbers', () => {
  test.each([
    ['in order', 10, [11, 12, 13], [11, 12, 13], []],
    ['behind a gap', 10, [12, 13], [10, 10], [[2, 3]]],
    [
      'behind several',
      10,
      [12, 14, 17, 15],
      [10, 10, 10, 10],
      [
        [2, 2],
        [4, 5],
        [7, 7],
      ],
    ],
    ['from behind', 10, [15, 14, 13], [10, 10, 10], [[3, 5]]],
    ['between two blocks', 10, [12, 14, 13], [10, 10, 10], [[2, 4]]],
    ['into the gap', 10, [12, 13, 15, 11], [10, 10, 10, 13], [[2, 2]]],
    ['twice', 10, [11, 11, 13, 13], [11, undefined, 11, undefined], [[2, 2]]],
    ['from before', 10, [10, 9], [undefined, undefined], []],
    ['across the end of the count', last - 1, [0, 1, last, 2], [last - 1, last - 1, 1, 2], []],
    ['farther than can be told', 10, [10 + 0xffff, 11 + 0xffff], [10, undefined], [[0xffff, 0xffff]]],
  ])('%s', (_, cumulative, numbers, led, gaps) => {
    expect(taken(cumulative, numbers)).toMatchObject({ led, gaps });
  });

  test('are acknowledged by as many blocks as fit', () => {
    const odd = Array.from({ length: 300 }, (_, index) => 12 + 2 * index);
    const { led, gaps, received } = taken(10, odd);
    expect(gaps).toHaveLength(256);
    expect(led.filter((each) => each === undefined)).toHaveLength(300 - 256);
    expect(received.note(11, 10)).toBe(12);
  });
});

describe('abandoned numbers', () => {
  test.each([
    [
      'within a gap',
      12,
      12,
      [
        [3, 5],
        [7, 7],
      ],
    ],
    ['up to a block', 14, 17, [[2, 2]]],
    ['within a block', 16, 17, [[2, 2]]],
    ['beyond all', 30, 30, []],
  ])('%s', (_, upTo, reached, gaps) => {
    const { received } = taken(10, [15, 16, 17, 19]);
    const cumulative = received.advance(upTo);
    expect({ cumulative, gaps: received.gapBlocks(cumulative) }).toEqual({ cumulative: reached, gaps });
  });
});
