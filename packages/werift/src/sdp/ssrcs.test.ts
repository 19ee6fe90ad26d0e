import { parse } from 'sdp-transform';
import { expect, test } from 'vitest';
import { ssrcsOf } from './ssrcs.ts';

test('SSRCs of layers and of retransmissions are read, each once', () => {
  const lines = ['ssrc-group:SIM 1 2', 'ssrc-group:FID 1 11', 'ssrc-group:FID 2 12'];
  const sources = [1, 2, 11, 12].flatMap((ssrc) => [`ssrc:${ssrc} cname:c`, `ssrc:${ssrc} msid:s t`]);
  const sdp = ['v=0', 'm=video 9 UDP/TLS/RTP/SAVPF 96', ...[...lines, ...sources].map((line) => `a=${line}`)];
  const [media] = parse(`${sdp.join('\r\n')}\r\n`).media;
  expect(media && ssrcsOf(media)).toEqual({
    ssrcs: [1, 2, 11, 12],
    repeats: new Map([
      [11, 1],
      [12, 2],
    ]),
  });
});

test('a section that names no SSRC has none', () => {
  expect(ssrcsOf({ type: 'video', port: 9, protocol: '', rtp: [], fmtp: [] })).toEqual({
    ssrcs: [],
    repeats: new Map(),
  });
});
