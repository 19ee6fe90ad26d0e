import { expect, test } from 'vitest';
import { Track } from '../source/track.ts';
import { arrange } from './slots.ts';

const track = (kind: 'audio' | 'video'): Track =>
  new Track({
    id: kind,
    streamId: 'stream',
    mid: '0',
    codec: {
      codec: { kind, name: kind === 'audio' ? 'opus' : 'VP8', clockRate: 90_000, channels: 1, parameters: '' },
      payloadType: 96,
      rtxPayloadType: undefined,
      feedback: [],
    },
    requestKeyFrame: () => {},
  });

const [audio, video, secondVideo, thirdVideo] = [track('audio'), track('video'), track('video'), track('video')];

test('the data channel comes after the tracks of the beginning', () => {
  expect(arrange([], [audio, video]).map(({ kind, mid }) => [kind, mid])).toEqual([
    ['audio', '0'],
    ['video', '1'],
    ['application', '2'],
  ]);
  expect(arrange([], []).map(({ kind }) => kind)).toEqual(['application']);
});

test('what is there stays where it is, what is new comes last', () => {
  const slots = arrange(arrange([], [audio, video]), [secondVideo, video, audio]);
  expect(slots.map((slot) => slot.track)).toEqual([audio, video, undefined, secondVideo]);
  expect(slots.map(({ mid }) => mid)).toEqual(['0', '1', '2', '3']);
});

test('what goes leaves an empty slot, which the next of its kind takes', () => {
  const left = arrange(arrange([], [audio, video]), [audio]);
  expect(left.map((slot) => slot.track)).toEqual([audio, undefined, undefined]);
  const filled = arrange(left, [audio, secondVideo, thirdVideo]);
  expect(filled.map((slot) => slot.track)).toEqual([audio, secondVideo, undefined, thirdVideo]);
});

test('a slot that the player has rejected is not used again', () => {
  const slots = arrange([], [video]).map((slot) => ({ ...slot, isRejected: slot.kind === 'video' }));
  expect(arrange(slots, [video]).length).toBe(2);
  expect(arrange(slots, [secondVideo]).map((slot) => slot.track)).toEqual([undefined, undefined, secondVideo]);
});
