import { describe, expect, test } from 'vitest';
import { answerFaults, candidateFaults, offerFaults } from './description.ts';

const transport = ['a=ice-ufrag:abcd', 'a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa', 'a=fingerprint:sha-256 AA:BB'];

const section = (kind: string, mid: string, type: string, codec: string, ...more: readonly string[]) => [
  `m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`,
  `a=mid:${mid}`,
  `a=rtpmap:${type} ${codec}`,
  ...transport,
  ...more,
];

const sdp = (...lines: readonly string[]) => `${['v=0', 'a=group:BUNDLE 0 1', ...lines].join('\r\n')}\r\n`;

const offer = sdp(
  ...section('audio', '0', '111', 'opus/48000/2', 'a=setup:actpass', 'a=sendonly'),
  ...section('video', '1', '96', 'VP8/90000', 'a=setup:actpass', 'a=sendonly'),
);
const answer = sdp(
  ...section('audio', '0', '111', 'opus/48000/2', 'a=setup:passive', 'a=recvonly'),
  ...section('video', '1', '96', 'VP8/90000', 'a=setup:passive', 'a=recvonly'),
);

describe('answers', () => {
  test('one that fits has no fault', () => {
    expect(answerFaults(offer, answer)).toEqual([]);
  });

  test('a rejected section fits', () => {
    expect(answerFaults(offer, answer.replace('m=video 9', 'm=video 0'))).toEqual([]);
  });

  test.each([
    ['a section less', (text: string) => text.slice(0, text.indexOf('m=video')), /1 sections, the offer 2/],
    ['another kind', (text: string) => text.replace('m=video', 'm=audio'), /section 1 is audio/],
    ['another mid', (text: string) => text.replace('a=mid:1', 'a=mid:v'), /section 1 is answered as v/],
    [
      'a direction that does not fit',
      (text: string) => text.replace('a=recvonly', 'a=sendonly'),
      /section 0 is sendonly/,
    ],
    [
      'a payload type of its own',
      (text: string) => text.replaceAll('96', '97'),
      /payload type 97, which was not offered/,
    ],
    [
      'another codec under a payload type',
      (text: string) => text.replace('VP8', 'H264'),
      /is h264\/90000, and was offered as vp8/,
    ],
    ['a BUNDLE of its own', (text: string) => text.replace('BUNDLE 0 1', 'BUNDLE 0 1 2'), /BUNDLE names 2/],
    ['actpass', (text: string) => text.replace('setup:passive', 'setup:actpass'), /a=setup:actpass/],
    [
      'no ICE credentials',
      (text: string) => text.replace('a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa\r\n', ''),
      /section 0 has no a=ice-pwd/,
    ],
    ['no fingerprint', (text: string) => text.replace('a=fingerprint:sha-256 AA:BB\r\n', ''), /has no a=fingerprint/],
  ])('%s is a fault', (_, spoil, fault) => {
    expect(answerFaults(offer, spoil(answer)).join()).toMatch(fault);
  });

  test('an answer must not bundle sections that the offer did not', () => {
    expect(answerFaults(offer.replace('BUNDLE 0 1', 'BUNDLE 0'), answer).join()).toMatch(
      /1, which the offer did not bundle/,
    );
  });
});

describe('offers to players', () => {
  const withIds = offer
    .replace('a=mid:0', 'a=mid:0\r\na=msid:s1 ARDAMSas1')
    .replace('a=mid:1', 'a=mid:1\r\na=msid:s1 ARDAMSvs1');
  const mapping = { 0: 'ARDAMSas1', 1: 'ARDAMSvs1' };

  test('one that fits has no fault', () => {
    expect(offerFaults(withIds, mapping)).toEqual([]);
  });

  test.each([
    ['a section that is not in idMapping', withIds, { 0: 'ARDAMSas1' }, /section 1 sends and is not in idMapping/],
    ['no idMapping', withIds, undefined, /not in idMapping/],
    [
      'kinds that are exchanged',
      withIds,
      { 0: 'ARDAMSvs1', 1: 'ARDAMSas1' },
      /section 0 is audio, and idMapping calls it ARDAMSvs1/,
    ],
    ['a section that is none', withIds, { ...mapping, 2: 'ARDAMSvs2' }, /idMapping names 2/],
    ['no msid', offer, mapping, /has no a=msid/],
    ['a role in DTLS that the player cannot choose', withIds.replace('actpass', 'active'), mapping, /a=setup:active/],
    ['two sections of one mid', withIds.replace('a=mid:1', 'a=mid:0'), mapping, /the same mid/],
  ])('%s is a fault', (_, text, ids, fault) => {
    expect(offerFaults(text, ids).join()).toMatch(fault);
  });

  test('a further one may keep the role in DTLS that the answer chose, and no other', () => {
    const keeps = withIds.replaceAll('actpass', 'passive');
    expect(offerFaults(keeps, mapping, answer.replaceAll(/a=setup:\w+/g, 'a=setup:active'))).toEqual([]);
    expect(offerFaults(keeps, mapping, answer.replaceAll(/a=setup:\w+/g, 'a=setup:passive')).join()).toMatch(
      /a=setup:passive/,
    );
  });

  test('a section that sends nothing needs no track', () => {
    expect(offerFaults(withIds.replaceAll('a=sendonly', 'a=inactive'), {})).toEqual([]);
  });
});

describe('candidates', () => {
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag abcd';

  test('one that fits has no fault', () => {
    expect(candidateFaults(answer, { label: 1, id: '1', candidate })).toEqual([]);
    expect(candidateFaults(answer, { label: 0, id: '0', candidate: '' })).toEqual([]);
  });

  test.each([
    ['a label that is no section', { label: 2, id: '2', candidate }, /label 2 is no section/],
    ['an id of another section', { label: 1, id: '0', candidate }, /label 1 is section 1, and id is 0/],
    ['a prefix', { label: 0, id: '0', candidate: `a=${candidate}` }, /does not begin with/],
    ['another user name', { label: 0, id: '0', candidate: candidate.replace('abcd', 'efgh') }, /of ufrag efgh/],
    ['no text', { label: 0, id: '0', candidate: null }, /no text/],
  ])('%s is a fault', (_, message, fault) => {
    expect(candidateFaults(answer, message).join()).toMatch(fault);
  });
});
