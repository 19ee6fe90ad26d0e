import { expect, test } from 'vitest';
import { rewrittenVp8 } from '../player/vp8.ts';
import { codecNames } from '../sdp/codec.ts';
import { pseudoRandom } from '../test/simulatedPath.ts';
import { layerOf } from './packetLayer.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('VP8: picture id of one or two bytes, TL0PICIDX, temporal layer, start of a key frame', () => {
  expect(layerOf('VP8', bytes('90 e0 92 34 07 a5 00'))).toMatchObject({
    isKeyFrame: true,
    temporal: 2,
    isSwitchPoint: true,
    vp8: { pictureIdAt: 2, pictureIdBytes: 2, pictureId: 0x1234, baseIndexAt: 4, baseIndex: 7 },
  });
  expect(layerOf('VP8', bytes('90 80 12 01'))).toMatchObject({
    isKeyFrame: false,
    vp8: { pictureIdBytes: 1, pictureId: 0x12 },
  });
  expect(layerOf('VP8', bytes('00 00'))).toMatchObject({ isKeyFrame: false, isStart: false });
});

test('VP9: layers, ends of layers, prediction from other pictures', () => {
  expect(layerOf('VP9', bytes('ac 92 34 02 00'))).toMatchObject({
    isKeyFrame: false,
    spatial: 1,
    isStart: true,
    isEnd: true,
  });
  expect(layerOf('VP9', bytes('a8 92 34 00 00'))).toMatchObject({ isKeyFrame: true, spatial: 0, temporal: 0 });
  expect(layerOf('VP9', bytes('e8 92 34 50 00'))).toMatchObject({
    isKeyFrame: false,
    temporal: 2,
    isSwitchPoint: true,
  });
});

test.each([
  ['H264', '67 42', true],
  ['H264', '65 88', true],
  ['H264', '41 9a', false],
  ['H264', '18 0002 0910 0002 6742', true],
  ['H264', '7c 85', true],
  ['H264', '7c 05', false],
  ['H265', '40 01', true],
  ['H265', '02 01', false],
  ['H265', '62 01 93', true],
  ['AV1', '18', true],
  ['AV1', '10', false],
] as const)('%s %s begins a key frame: %s', (codec, hex, isKeyFrame) => {
  expect(layerOf(codec, bytes(hex)).isKeyFrame).toBe(isKeyFrame);
});

test('any bytes are read without an error', () => {
  const random = pseudoRandom(5);
  for (let round = 0; round < 20_000; round += 1) {
    const payload = Buffer.from(Array.from({ length: Math.floor(12 * random()) }, () => Math.floor(256 * random())));
    for (const codec of codecNames) {
      const { vp8 } = layerOf(codec, payload);
      expect(() => rewrittenVp8(payload, vp8, 5, 6)).not.toThrow();
    }
  }
});

test('other counts of pictures are written into a copy', () => {
  const payload = bytes('90 e0 ff ff ff a5 00');
  const { vp8 } = layerOf('VP8', payload);
  expect(rewrittenVp8(payload, vp8, 2, 3).toString('hex')).toBe('90e0800102a500');
  expect(payload.toString('hex')).toBe('90e0ffffffa500');
  expect(rewrittenVp8(payload, vp8, 0, 0)).toBe(payload);
});
