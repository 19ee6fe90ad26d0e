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

test('the data channel comes after the tracks of the start', () => {
  expect(arrange([], [audio, video]).map(({ kind, mid, id }) => [kind, mid, id])).toEqual([
    ['audio', '0', 'audio'],
    ['video', '1', 'video'],
    ['application', '2', ''],
  ]);
  expect(arrange([], []).map(({ kind }) => kind)).toEqual(['application']);
});

test('existing tracks keep their slots, new ones come last', () => {
  const slots = arrange(arrange([], [audio, video]), [secondVideo, video, audio]);
  expect(tracksOf(slots)).toEqual([audio.track, video.track, undefined, secondVideo.track]);
  expect(slots.map(({ mid }) => mid)).toEqual(['0', '1', '2', '3']);
});

test('a removed track releases its slot, which another may reuse', () => {
  const left = arrange(arrange([], [audio, video]), [audio]);
  expect(left.map(({ track, isRejected }) => [track, isRejected])).toEqual([
    [audio.track, false],
    [undefined, true],
    [undefined, false],
  ]);
  // The same id again is another section to the player, whose page may have stopped the track before.
  const again = sent('video');
  const filled = arrange(left, [audio, again, secondVideo]);
  expect(tracksOf(filled)).toEqual([audio.track, again.track, undefined, secondVideo.track]);
  expect(filled.map(({ mid, isRejected }) => [mid, isRejected])).toEqual([
    ['0', false],
    ['3', false],
    ['2', false],
    ['4', false],
  ]);
});

test('a slot is reused only after the player has answered its release', () => {
  const slots = arrange([], [audio, video]);
  expect(tracksOf(arrange(slots, [audio, secondVideo]))).toEqual([
    audio.track,
    undefined,
    undefined,
    secondVideo.track,
  ]);
});

test('the slot of the tagged section is kept, empty, for its id', () => {
  const left = arrange(arrange([], [audio, video]), [video]);
  expect(left[0]).toMatchObject({ track: undefined, isRejected: false });
  const again = sent('audio');
  expect(arrange(left, [again, video])[0]).toMatchObject({ mid: '0', track: again.track });
});

test('with data channels first, every other slot can be released', () => {
  const left = arrange(arrange([], [audio, video], 'first'), [], 'first');
  expect(left.map(({ kind, isRejected }) => [kind, isRejected])).toEqual([
    ['application', false],
    ['audio', true],
    ['video', true],
  ]);
});

test('one track is replaced by another of its id at once', () => {
  const other = sent('video');
  expect(tracksOf(arrange(arrange([], [video]), [other]))).toEqual([other.track, undefined]);
});

test('a slot that the player has rejected is not offered again, and reused later', () => {
  const slots = arrange([], [video]).map((slot) => ({ ...slot, isRejected: slot.kind === 'video' }));
  expect(arrange(slots, [video]).length).toBe(2);
  const other = sent('video');
  const next = arrange(slots, [other]);
  expect(next[0]).toMatchObject({ mid: '2', track: other.track, isRejected: false });
});
