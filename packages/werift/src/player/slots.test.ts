import { expect, test } from 'vitest';
import { Track } from '../source/track.ts';
import { arrange, type SentTrack } from './slots.ts';

const sent = (id: string): SentTrack => {
  const kind = id.startsWith('audio') ? 'audio' : 'video';
  const track = new Track({
    id,
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
  return { track, id, mediaStreamId: 'stream' };
};

const [audio, video, secondVideo] = [sent('audio'), sent('video'), sent('video2')];
const tracksOf = (slots: ReturnType<typeof arrange>) => slots.map(({ track }) => track);

test('the data channel comes after the tracks of the beginning', () => {
  expect(arrange([], [audio, video]).map(({ kind, mid, id }) => [kind, mid, id])).toEqual([
    ['audio', '0', 'audio'],
    ['video', '1', 'video'],
    ['application', '2', ''],
  ]);
  expect(arrange([], []).map(({ kind }) => kind)).toEqual(['application']);
});

test('what is there stays where it is, what is new comes last', () => {
  const slots = arrange(arrange([], [audio, video]), [secondVideo, video, audio]);
  expect(tracksOf(slots)).toEqual([audio.track, video.track, undefined, secondVideo.track]);
  expect(slots.map(({ mid }) => mid)).toEqual(['0', '1', '2', '3']);
});

test('what goes leaves an empty slot, which only a track of the same id takes', () => {
  const left = arrange(arrange([], [audio, video]), [audio]);
  expect(tracksOf(left)).toEqual([audio.track, undefined, undefined]);
  const again = sent('video');
  expect(tracksOf(arrange(left, [audio, again, secondVideo]))).toEqual([
    audio.track,
    again.track,
    undefined,
    secondVideo.track,
  ]);
});

test('one track is replaced by another of its id at once', () => {
  const other = sent('video');
  expect(tracksOf(arrange(arrange([], [video]), [other]))).toEqual([other.track, undefined]);
});

test('a slot that the player has rejected is not used again', () => {
  const slots = arrange([], [video]).map((slot) => ({ ...slot, isRejected: slot.kind === 'video' }));
  expect(arrange(slots, [video]).length).toBe(2);
  const other = sent('video');
  expect(tracksOf(arrange(slots, [other]))).toEqual([undefined, undefined, other.track]);
});
