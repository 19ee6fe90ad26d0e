import { NoCommonCodecError } from '@sigchart/webrtc';
import { describe, expect, test } from 'vitest';
import { golden } from '../test/golden.ts';
import { answerOf } from './answer.ts';
import { type CodecName, codecNames } from './codec.ts';
import { dependencyUri } from './extensions.ts';
import { DescriptionError, readDescription } from './remoteDescription.ts';

const answer = (name: string, allowed: readonly CodecName[] = codecNames) =>
  answerOf(readDescription({ type: 'offer', sdp: golden(name) }), allowed).map(
    ({ offered, tagged, codec, extensions }) => ({
      kind: offered.kind,
      tagged: tagged?.section.mid,
      codec: codec?.codec.name,
      payloadTypes: codec && [codec.payloadType, codec.rtxPayloadType],
      feedback: codec?.feedback,
      extensions: extensions.length,
    }),
  );

describe('answerOf', () => {
  test('a Chromium publisher sends one codec per section, with retransmissions, transport-wide numbers, send times and audio levels', () => {
    expect(answer('chromium-offer')).toEqual([
      {
        kind: 'audio',
        tagged: '0',
        codec: 'opus',
        payloadTypes: [111, undefined],
        feedback: ['transport-cc'],
        extensions: 4,
      },
      {
        kind: 'video',
        tagged: '0',
        codec: 'VP8',
        payloadTypes: [96, 97],
        feedback: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
        extensions: 5,
      },
      {
        kind: 'application',
        tagged: '0',
        codec: undefined,
        payloadTypes: undefined,
        feedback: undefined,
        extensions: 0,
      },
    ]);
  });

  test.each([
    ['VP8', false],
    ['VP9', true],
    ['AV1', true],
  ] as const)('the dependency descriptor of %s is negotiated: %s', (codec, isNegotiated) => {
    const uri = dependencyUri;
    const sdp = golden('chromium-offer').replace(/^m=video .*$/m, (line) => `${line}\r\na=extmap:14 ${uri}`);
    const [, video] = answerOf(readDescription({ type: 'offer', sdp }), ['opus', codec]);
    expect(video?.codec?.codec.name).toBe(codec);
    expect(video?.extensions.some((extension) => extension.uri === uri)).toBe(isNegotiated);
  });

  test('a Firefox publisher sends Opus and VP8', () => {
    expect(answer('firefox-offer').map(({ codec }) => codec)).toEqual(['opus', 'VP8', undefined]);
  });

  test('an aiortc publisher sends Opus and VP8', () => {
    expect(answer('aiortc-offer').map(({ codec }) => codec)).toEqual(['opus', 'VP8', undefined]);
  });

  test('a GStreamer publisher that bundles uses one transport', () => {
    expect(answer('gstreamer-max-bundle-offer').map(({ tagged }) => tagged)).toEqual(['video0', 'video0', 'video0']);
  });

  test('a GStreamer publisher that does not bundle uses one for each section', () => {
    expect(answer('gstreamer-none-offer').map(({ tagged }) => tagged)).toEqual(['video0', 'audio1', 'application2']);
  });

  test('a publisher that would send several encodings sends one', () => {
    expect(answer('chromium-simulcast-offer')[1]).toMatchObject({ codec: 'VP8', payloadTypes: [96, 97] });
  });

  test('a section without a codec of ours is rejected, and the transport is that of the next', () => {
    expect(answer('chromium-offer', ['VP9']).map(({ tagged }) => tagged)).toEqual([undefined, '1', '1']);
  });

  test('data channels alone are accepted', () => {
    const sdp = golden('chromium-offer').replace(/m=audio[\s\S]*(?=m=application)/, '');
    const sections = answerOf(readDescription({ type: 'offer', sdp }), []);
    expect(sections.map(({ tagged }) => tagged?.section.mid)).toEqual(['2']);
  });

  test('an offer without any media of ours is refused, even if it has a data channel', () => {
    expect(() => answer('chromium-offer', [])).toThrow(NoCommonCodecError);
  });

  test('an offer without anything of ours is refused', () => {
    const sdp = golden('chromium-offer').replace(/m=application[\s\S]*/, '');
    expect(() => answerOf(readDescription({ type: 'offer', sdp }), [])).toThrow(NoCommonCodecError);
  });

  test('a section that wants another port for RTCP is rejected', () => {
    const sdp = golden('chromium-offer').replace('a=rtcp-mux\r\n', '');
    const [audio, video] = answerOf(readDescription({ type: 'offer', sdp }), codecNames);
    expect(audio?.tagged).toBeUndefined();
    expect(video?.tagged?.section.mid).toBe('1');
  });

  test('an offer whose sections all want another port for RTCP is refused, and not for its codecs', () => {
    const sdp = golden('aiortc-offer')
      .replaceAll('a=rtcp-mux\r\n', '')
      .replace(/m=application[\s\S]*/, '');
    expect(() => answerOf(readDescription({ type: 'offer', sdp }), codecNames)).toThrow(DescriptionError);
  });
});
