import { expect, test } from 'vitest';
import type { CodecMapping } from '../sdp/codec.ts';
import { Encoding } from './encoding.ts';
import { Track } from './track.ts';

const codec = {
  codec: { kind: 'video', name: 'VP8', clockRate: 90_000 },
  payloadType: 96,
  feedback: [],
} as unknown as CodecMapping;

/** Receives a picture at each of these times. */
function receive(encoding: Encoding, times: readonly number[]): void {
  for (const [index, atMs] of times.entries())
    encoding.receive(
      { sequenceNumber: (atMs + index) & 0xffff, timestamp: 90 * atMs, marker: true, payload: Buffer.alloc(100, 1) },
      atMs,
    );
}

const every = (ms: number, count: number, fromMs = 0) =>
  Array.from({ length: count }, (_, index) => fromMs + ms * index);

test('an encoding of 20 pictures a second is silent half a second after the last', () => {
  const encoding = new Encoding({ mid: '0', codec, rid: 'h', requestKeyFrame: () => {} });
  expect(encoding.isActive(0)).toBe(false);
  receive(encoding, every(50, 21));
  expect(encoding.isActive(1_499)).toBe(true);
  expect(encoding.isActive(1_500)).toBe(false);
  receive(encoding, [9_000]);
  expect(encoding.isActive(9_001)).toBe(true);
  encoding.close();
});

test('an encoding of one picture a second is not silent between two of them', () => {
  const encoding = new Encoding({ mid: '0', codec, rid: 'h', requestKeyFrame: () => {} });
  receive(encoding, every(1_000, 11));
  expect(encoding.isActive(11_400)).toBe(true);
  expect(encoding.isActive(14_000)).toBe(false);
  encoding.close();
});

test('a silent layer is unavailable after half a second, and available again once it returns', () => {
  const track = new Track({ id: 'v', streamId: 's', mid: '0', codec, rids: ['l', 'h'], requestKeyFrame: () => {} });
  const [low, high] = track.encodings as [Encoding, Encoding];
  track.measure(0);
  receive(low, every(50, 31));
  receive(high, every(50, 21));
  track.measure(1_000);
  const offered = (atMs: number) => new Set(track.layers(atMs).map(({ spatial }) => spatial));
  expect(offered(1_400)).toEqual(new Set([0, 1]));
  expect(offered(1_550)).toEqual(new Set([0]));
  receive(low, every(50, 31, 1_550));
  receive(high, every(50, 21, 2_000));
  track.measure(3_000);
  expect(offered(3_010)).toEqual(new Set([0, 1]));
  track.close();
});

test('the height of a spatial layer is the one that its key frame states, whatever the ratio and however many are sent', () => {
  const vp9 = { ...codec, codec: { ...codec.codec, name: 'VP9' } } as CodecMapping;
  const track = new Track({ id: 'v', streamId: 's', mid: '0', codec: vp9, requestKeyFrame: () => {} });
  const [encoding] = track.encodings;
  // A scalability structure of 320 × 180, 480 × 270 and 960 × 540, of which only the first two arrive. @see RFC 9628 § 4.2.1
  const structure = '50' + '014000b4' + '01e0010e' + '03c0021c';
  const payloads = [`2e0000${structure}8249`, '2c03008249'];
  track.measure(0);
  for (let atMs = 0; atMs <= 1_000; atMs += 50)
    for (const [spatial, payload] of payloads.entries())
      encoding?.receive(
        {
          sequenceNumber: atMs / 25 + spatial,
          timestamp: 90 * atMs,
          marker: spatial === 1,
          payload: Buffer.from(payload, 'hex'),
        },
        atMs,
      );
  track.measure(1_000);
  expect(track.layers(1_000).map(({ spatial, height }) => [spatial, height])).toEqual([
    [0, 180],
    [1, 270],
  ]);
  track.close();
});
