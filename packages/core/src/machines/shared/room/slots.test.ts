import { describe, expect, test } from 'vitest';
import { type Assignable, arrange, assignmentsOf, noSlots, reserve, type Slots } from './slots.ts';

const streams = (...ids: string[]): readonly Assignable[] => ids.map((streamId) => ({ streamId, hasVideo: true }));
const limited = (maxVideoTracks: number): Slots => ({ ...noSlots, maxVideoTracks });

/** Each label in use, with its stream. */
const labels = (slots: Slots, labelledBy: 'slot' | 'stream' = 'slot') =>
  assignmentsOf(slots, labelledBy).map(({ streamId, videoLabel, audioLabel }) => [streamId, videoLabel, audioLabel]);

const videos = (slots: Slots) =>
  assignmentsOf(slots, 'slot').flatMap(({ streamId, videoLabel }) => (videoLabel ? `${videoLabel} ${streamId}` : []));

describe('without a limit', () => {
  test('each stream has a slot of its own, in the order in which they came', () => {
    expect(labels(arrange(noSlots, streams('a', 'b')))).toEqual([
      ['a', 'videoTrack0', 'audioTrack0'],
      ['b', 'videoTrack1', 'audioTrack1'],
    ]);
  });

  test('streams that stay keep their slots, and a new one takes the first empty slot', () => {
    const before = arrange(noSlots, streams('a', 'b', 'c'));
    const left = arrange(before, streams('b', 'c'));
    expect(videos(left)).toEqual(['videoTrack1 b', 'videoTrack2 c']);
    expect(videos(arrange(left, streams('b', 'c', 'd', 'e')))).toEqual([
      'videoTrack0 d',
      'videoTrack1 b',
      'videoTrack2 c',
      'videoTrack3 e',
    ]);
  });

  test('with labels by stream, each label is the stream’s id', () => {
    expect(labels(arrange(noSlots, streams('a', 'b')), 'stream')).toEqual([
      ['a', 'a', 'a'],
      ['b', 'b', 'b'],
    ]);
  });
});

describe('with a limit', () => {
  test('the number of videos is limited, and audio is not', () => {
    const slots = arrange(limited(2), streams('a', 'b', 'c'));
    expect(labels(slots)).toEqual([
      ['a', 'videoTrack0', 'audioTrack0'],
      ['b', 'videoTrack1', 'audioTrack1'],
      ['c', undefined, 'audioTrack2'],
    ]);
  });

  test('who is seen stays so, and the next is seen when one goes', () => {
    const slots = arrange(limited(2), streams('a', 'b', 'c'));
    expect(videos(arrange(slots, streams('b', 'c')))).toEqual(['videoTrack0 c', 'videoTrack1 b']);
  });

  test('a stream without video does not take the place of one with video', () => {
    const some = [{ streamId: 'a', hasVideo: false }, ...streams('b', 'c')];
    expect(videos(arrange(limited(2), some))).toEqual(['videoTrack0 c', 'videoTrack1 b']);
  });

  test('none is a limit as well', () => {
    expect(videos(arrange(limited(0), streams('a', 'b')))).toEqual([]);
  });

  test('once it is lifted, every video is sent', () => {
    const slots = arrange(limited(1), streams('a', 'b', 'c'));
    expect(videos(arrange({ ...slots, maxVideoTracks: undefined }, streams('a', 'b', 'c')))).toHaveLength(3);
  });
});

describe('a slot that is reserved', () => {
  const three = arrange(noSlots, streams('a', 'b', 'c'));

  test('exchanges the stream in the slot for the given one', () => {
    const slots = arrange(reserve(three, 'videoTrack0', 'c', true), streams('a', 'b', 'c'));
    expect(videos(slots)).toEqual(['videoTrack0 c', 'videoTrack1 b', 'videoTrack2 a']);
    expect(assignmentsOf(slots, 'slot').filter(({ isReserved }) => isReserved)).toMatchObject([{ streamId: 'c' }]);
  });

  test('may be named as its track is', () => {
    expect(reserve(three, 'ARDAMSvvideoTrack0', 'c', true).streams[0]).toBe('c');
  });

  test('is seen before others where videos are limited', () => {
    const slots = arrange(limited(1), streams('a', 'b', 'c'));
    expect(videos(arrange(reserve(slots, 'videoTrack0', 'c', true), streams('a', 'b', 'c')))).toEqual([
      'videoTrack0 c',
    ]);
  });

  test('ends on request, or when its stream ends', () => {
    const slots = reserve(three, 'videoTrack0', 'c', true);
    expect(reserve(slots, 'videoTrack0', 'c', false).reserved).toEqual([]);
    expect(arrange(slots, streams('a', 'b')).reserved).toEqual([]);
  });

  test('is the last one’s that it was reserved for', () => {
    const slots = reserve(reserve(three, 'videoTrack0', 'c', true), 'videoTrack0', 'b', true);
    expect(slots.reserved).toEqual(['b']);
  });

  test.each(['videoTrack9', 'localVideo', 'videoTrack', 'videoTrack-1', 'a'])('there is none called %s', (label) => {
    expect(reserve(three, label, 'c', true)).toBe(three);
  });

  test('is not one that is empty: its label is not in use', () => {
    const gap = arrange(three, streams('b', 'c'));
    expect(gap.streams).toEqual([undefined, 'b', 'c']);
    expect(reserve(gap, 'videoTrack0', 'c', true)).toBe(gap);
  });

  test('does not exist for a stream that the player does not have', () => {
    expect(reserve(three, 'videoTrack0', 'unknown', true)).toBe(three);
  });
});

describe('a page', () => {
  const five = streams('a', 'b', 'c', 'd', 'e');

  test('selects the videos by the order in which streams came', () => {
    const slots = arrange({ ...arrange(noSlots, five), page: { offset: 2, size: 2 } }, five);
    expect(videos(slots)).toEqual(['videoTrack0 c', 'videoTrack1 d']);
    expect(videos(arrange({ ...slots, page: { offset: 4, size: 2 } }, five))).toEqual(['videoTrack0 e']);
    expect(videos(arrange({ ...slots, page: { offset: 0, size: 9 } }, five))).toHaveLength(5);
  });

  test('has no more than the limit', () => {
    const slots = arrange({ ...limited(1), page: { offset: 1, size: 3 } }, five);
    expect(videos(slots)).toEqual(['videoTrack0 b']);
  });
});

test('no stream is lost or doubled, whatever happens', () => {
  // A linear congruential generator: the same course each time.
  let seed = 1;
  const below = (count: number) => {
    seed = (seed * 48_271) % 0x7fff_ffff;
    return seed % count;
  };
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  let there: readonly Assignable[] = [];
  let slots = noSlots;
  for (let round = 0; round < 5_000; round += 1) {
    const id = ids[below(ids.length)] as string;
    const what = below(6);
    if (what < 3)
      there = there.some(({ streamId }) => streamId === id)
        ? there.filter(({ streamId }) => streamId !== id)
        : [...there, { streamId: id, hasVideo: below(3) > 0 }];
    else if (what === 3) slots = reserve(slots, `videoTrack${below(7)}`, id, below(4) > 0);
    else if (what === 4) slots = { ...slots, maxVideoTracks: below(3) === 0 ? undefined : below(5) };
    else slots = { ...slots, page: below(2) === 0 ? undefined : { offset: below(6), size: below(5) } };
    slots = arrange(slots, there);
    const assignments = assignmentsOf(slots, 'slot');
    expect(assignments.map(({ streamId }) => streamId).sort()).toEqual(there.map(({ streamId }) => streamId).sort());
    const shown = assignments.flatMap(({ videoLabel }) => videoLabel ?? []);
    expect(new Set(shown).size).toBe(shown.length);
    const capacity = Math.min(slots.maxVideoTracks ?? 99, slots.page?.size ?? 99);
    expect(shown.length).toBeLessThanOrEqual(capacity);
    if (slots.page === undefined) expect(shown).toHaveLength(Math.min(capacity, there.length));
    for (const label of shown) expect(Number(label.slice('videoTrack'.length))).toBeLessThan(capacity);
  }
});
