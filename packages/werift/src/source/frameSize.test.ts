import { describe, expect, test } from 'vitest';
import type { CodecName } from '../sdp/codec.ts';
import { frameSizesOf } from './frameSize.ts';

const sizeOf = (codec: CodecName, hex: string) =>
  frameSizesOf(codec, Buffer.from(hex.replaceAll(' ', ''), 'hex')).at(-1);

/** Parameter sets that x264 wrote. */
const constrainedBaseline640x480 = '6742c01ed900a03db016a0c0c0d4a0000003002000000791e2c5c9';
const high1920x1080 = '67640028acb200f0044fcb80b501010140000003004000000f23c60c92';

describe('frameSizesOf', () => {
  test('reads the size of a VP8 key frame from its first packet', () => {
    const frame = '9d012a 0005 d002 00';
    expect(sizeOf('VP8', `90 80 8123 100000 ${frame}`)).toEqual({ width: 1280, height: 720 });
    // A delta frame, and a packet that does not start a frame.
    expect(sizeOf('VP8', `90 80 8123 110000 ${frame}`)).toBeUndefined();
    expect(sizeOf('VP8', `80 80 8123 100000 ${frame}`)).toBeUndefined();
  });

  test('reads the size of a VP9 key frame from its scalability structure', () => {
    expect(sizeOf('VP9', '0a 10 0500 02d0 8249')).toEqual({ width: 1280, height: 720 });
    expect(sizeOf('VP9', '48 8249')).toBeUndefined();
  });

  test('reads the size of H.264 from a parameter set, with its cropping', () => {
    expect(sizeOf('H264', constrainedBaseline640x480)).toEqual({ width: 640, height: 480 });
    expect(sizeOf('H264', high1920x1080)).toEqual({ width: 1920, height: 1080 });
  });

  test('finds a parameter set among other units', () => {
    const length = (constrainedBaseline640x480.length / 2).toString(16).padStart(4, '0');
    expect(sizeOf('H264', `78 0002 0910 ${length} ${constrainedBaseline640x480}`)).toEqual({ width: 640, height: 480 });
    expect(sizeOf('H264', '41 9a00')).toBeUndefined();
  });

  test('returns undefined for broken and unknown payloads', () => {
    for (const codec of ['VP8', 'VP9', 'H264', 'AV1', 'opus'] as const) {
      for (const hex of ['', '00', 'ff', '67', '78ffff', '90', '0a', '6742c01e'])
        expect(sizeOf(codec, hex)).toBeUndefined();
    }
  });
});
