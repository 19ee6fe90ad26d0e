import { parse } from 'sdp-transform';
import { expect, test } from 'vitest';
import { golden } from '../test/golden.ts';
import { maxEncodings, offeredRids, simulcastSsrcs } from './simulcast.ts';
import { ssrcsOfEncodings } from './ssrcs.ts';

const section = (...lines: readonly string[]) => {
  const [media] = parse(`v=0\r\n${['m=video 9 UDP/TLS/RTP/SAVPF 96 97', ...lines].join('\r\n')}\r\n`).media;
  if (media === undefined) throw new Error('no section');
  return media;
};

test('the encodings of a Chromium publisher are those that it announces, in its order', () => {
  const media = parse(golden('chromium-simulcast-offer')).media.find(({ type }) => type === 'video');
  expect(media && offeredRids(media, 96).length).toBeGreaterThan(1);
});

test('the first announced alternative is selected, and paused encodings count', () => {
  const media = section('a=rid:a send', 'a=rid:c send', 'a=rid:d send', 'a=simulcast:send b,a;~c;d');
  expect(offeredRids(media, 96)).toEqual(['a', 'c', 'd']);
});

test('unannounced, unnamed, received, duplicate encodings and those of other codecs are left out', () => {
  const media = section(
    'a=rid:a send',
    'a=rid:b recv',
    'a=rid:c send pt=97',
    'a=rid:d-e send',
    `a=rid:${'x'.repeat(17)} send`,
    `a=simulcast:send a;b;c;d-e;${'x'.repeat(17)};z;a`,
  );
  expect(offeredRids(media, 96)).toEqual(['a']);
  expect(offeredRids(section('a=rid:a send'), 96)).toEqual([]);
});

test('the number of encodings is limited', () => {
  const names = Array.from({ length: 20 }, (_, index) => `r${index}`);
  const media = section(...names.map((name) => `a=rid:${name} send`), `a=simulcast:send ${names.join(';')}`);
  expect(offeredRids(media, 96)).toHaveLength(maxEncodings);
});

test('the SSRCs of an older simulcast are divided among its encodings, with those of their retransmissions', () => {
  const media = section(
    'a=ssrc-group:SIM 1 2 3',
    'a=ssrc-group:FID 1 11',
    'a=ssrc-group:FID 2 12',
    ...[1, 2, 3, 11, 12].map((ssrc) => `a=ssrc:${ssrc} cname:x`),
  );
  expect(simulcastSsrcs(media)).toEqual([1, 2, 3]);
  expect(ssrcsOfEncodings(media, 3)).toEqual([
    { ssrcs: [1, 11], repeats: new Map([[11, 1]]) },
    { ssrcs: [2, 12], repeats: new Map([[12, 2]]) },
    { ssrcs: [3], repeats: new Map() },
  ]);
  expect(simulcastSsrcs(section('a=ssrc-group:SIM x 0 -1'))).toEqual([]);
});
