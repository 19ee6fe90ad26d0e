import { parse } from 'sdp-transform';
import { describe, expect, test } from 'vitest';
import { golden } from '../test/golden.ts';
import { type Codec, codecNames, codecsOf, isSameCodec, selectCodec } from './codec.ts';

const offered = (name: string, kind: string) => {
  const media = parse(golden(name)).media.find(({ type }) => type === kind);
  if (media === undefined) throw new Error(`no ${kind}`);
  return codecsOf(media);
};

const h264 = (parameters: string): Codec => ({
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 1,
  parameters,
});

describe('codecsOf', () => {
  test('lists the codecs that can be forwarded, in the order of the offer, with their retransmissions', () => {
    const codecs = offered('chromium-offer', 'video');
    expect(codecs.map(({ codec, payloadType, rtxPayloadType }) => [codec.name, payloadType, rtxPayloadType])).toEqual([
      ['VP8', 96, 97],
      ['H264', 102, 103],
      ['H264', 104, 107],
      ['H264', 108, 109],
      ['H264', 114, 115],
      ['H264', 116, 117],
      ['H264', 39, 40],
      ['AV1', 45, 46],
      ['VP9', 98, 99],
      ['VP9', 100, 101],
    ]);
  });

  test('ignores payload types that RTP has no room for, and repeated ones, however many', () => {
    const types = Array.from({ length: 2_000 }, (_, type) => type);
    const text = types.map((type) => `a=rtpmap:${type} VP8/90000\r\na=fmtp:${type} x=${type}\r\n`).join('');
    const [media] = parse(`m=video 9 UDP/TLS/RTP/SAVPF ${[...types, ...types].join(' ')}\r\n${text}`).media;
    const before = performance.now();
    const found = codecsOf(media as never).map(({ payloadType }) => payloadType);
    expect(found).toEqual(types.slice(0, 128));
    // Comparing each with each takes more than 3 s.
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('reads the feedback of a codec', () => {
    expect(offered('chromium-offer', 'video')[0]?.feedback).toEqual([
      'goog-remb',
      'transport-cc',
      'ccm fir',
      'nack',
      'nack pli',
    ]);
  });

  test('knows the payload types that need no rtpmap', () => {
    const [media] = parse('v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\n').media;
    expect(media && codecsOf(media).map(({ codec }) => codec.name)).toEqual(['PCMA', 'PCMU']);
  });
});

describe('isSameCodec', () => {
  test('leaves the level of H.264 to each direction', () => {
    const one = h264('packetization-mode=1;profile-level-id=42e01f');
    expect(isSameCodec(one, h264('level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42E034'))).toBe(true);
  });

  test('distinguishes the forms of Constrained Baseline from Baseline', () => {
    const one = h264('packetization-mode=1;profile-level-id=42e01f');
    expect(isSameCodec(one, h264('packetization-mode=1;profile-level-id=42c01f'))).toBe(true);
    expect(isSameCodec(one, h264('packetization-mode=1;profile-level-id=4d801f'))).toBe(true);
    expect(isSameCodec(one, h264('packetization-mode=1;profile-level-id=42001f'))).toBe(false);
    expect(isSameCodec(one, h264('packetization-mode=1;profile-level-id=640c1f'))).toBe(false);
  });

  test('distinguishes packetization modes, with 0 as the default', () => {
    const one = h264('profile-level-id=42e01f');
    expect(isSameCodec(one, h264('packetization-mode=0;profile-level-id=42e01f'))).toBe(true);
    expect(isSameCodec(one, h264('packetization-mode=1;profile-level-id=42e01f'))).toBe(false);
  });

  test('distinguishes VP9 profiles, with 0 as the default', () => {
    const vp9 = (parameters: string): Codec => ({ ...h264(parameters), name: 'VP9' });
    expect(isSameCodec(vp9(''), vp9('profile-id=0'))).toBe(true);
    expect(isSameCodec(vp9(''), vp9('profile-id=2'))).toBe(false);
  });

  test('distinguishes Opus of two channels from a codec of one', () => {
    const opus: Codec = { kind: 'audio', name: 'opus', clockRate: 48_000, channels: 2, parameters: '' };
    expect(isSameCodec(opus, { ...opus, parameters: 'stereo=1' })).toBe(true);
    expect(isSameCodec(opus, { ...opus, channels: 1 })).toBe(false);
  });
});

describe('selectCodec', () => {
  test('selects the publisher’s first codec', () => {
    expect(selectCodec(offered('firefox-offer', 'video'), codecNames)?.codec.name).toBe('VP8');
    expect(selectCodec(offered('chromium-offer', 'audio'), codecNames)?.codec.name).toBe('opus');
  });

  test('selects the first allowed codec', () => {
    expect(selectCodec(offered('chromium-offer', 'video'), ['VP9', 'AV1'])?.codec.name).toBe('AV1');
    expect(selectCodec(offered('chromium-offer', 'audio'), ['PCMA'])?.payloadType).toBe(8);
  });

  test('selects H.264 in the format that most players decode, even if another is first', () => {
    expect(selectCodec(offered('chromium-offer', 'video'), ['H264'])).toMatchObject({
      payloadType: 108,
      rtxPayloadType: 109,
      codec: { parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f' },
    });
  });

  test('selects none if none is allowed', () => {
    expect(selectCodec(offered('chromium-offer', 'video'), ['opus'])).toBeUndefined();
  });
});
