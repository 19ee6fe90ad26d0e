import { describe, expect, test } from 'vitest';
import { golden } from '../test/golden.ts';
import { DescriptionError, isSameAssociation, readDescription, taggedOf } from './remoteDescription.ts';

const read = (sdp: string, type: 'offer' | 'answer' = 'offer') => readDescription({ type, sdp });
const without = (sdp: string, line: RegExp) => sdp.replace(new RegExp(`^a=${line.source}.*\r\n`, 'gm'), '');

const withCredentials = (usernameFragment: string, password: string) =>
  golden('chromium-offer')
    .replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${usernameFragment}`)
    .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${password}`);

/** A description with many sections. */
function sectionsOf(count: number, isBundled: boolean): string {
  const mids = Array.from({ length: count }, (_, index) => `mid${index}`);
  const [session = ''] = golden('chromium-offer').split(/^m=/m);
  const section = (mid: string) =>
    `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:${mid}\r\na=ice-ufrag:user\r\na=ice-pwd:${'p'.repeat(22)}\r\na=fingerprint:sha-256 AB:CD\r\n`;
  const group = isBundled ? `a=group:BUNDLE ${mids.join(' ')}\r\n` : '';
  return [session.replace(/a=group.*\r\n/, group), ...mids.map(section)].join('');
}

test('accepts ICE credentials of every valid length and character', () => {
  for (const length of [4, 256])
    expect(() => read(withCredentials('a'.repeat(length), 'Z+/9'.repeat(64)))).not.toThrow();
});

test('accepts a bundle of many sections, and 32 that are not bundled', () => {
  expect(read(sectionsOf(256, true)).length).toBe(256);
  expect(read(sectionsOf(32, false)).length).toBe(32);
});

describe('readDescription', () => {
  test.each([
    ['a text that is none', 'not a description', 'not a session description'],
    ['an empty text', '', 'not a session description'],
    ['one with more sections than anybody has', sectionsOf(257, true), 'too many media sections'],
    [
      'one that wants a transport for each of many sections',
      sectionsOf(33, false),
      'too many sections that are not bundled',
    ],
    ['JSON', '{"v":0}', 'not a session description'],
    ['one without a section', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n', 'no media section'],
    ['one without ICE username', without(golden('chromium-offer'), /ice-ufrag/), 'no ICE credentials'],
    ['one without ICE password', without(golden('chromium-offer'), /ice-pwd/), 'no ICE credentials'],
    ['an ICE username that is too short', withCredentials('abc', 'p'.repeat(22)), 'a=ice-ufrag is not 4 to 256'],
    [
      'an ICE username that is too long',
      withCredentials('u'.repeat(257), 'p'.repeat(22)),
      'a=ice-ufrag is not 4 to 256',
    ],
    ['an ICE username with other characters', withCredentials('user:1', 'p'.repeat(22)), 'a=ice-ufrag is not 4 to 256'],
    ['an ICE password that is too short', withCredentials('user', 'p'.repeat(21)), 'a=ice-pwd is not 22 to 256'],
    ['an ICE password that is too long', withCredentials('user', 'p'.repeat(257)), 'a=ice-pwd is not 22 to 256'],
    ['one without fingerprint', without(golden('chromium-offer'), /fingerprint/), 'no fingerprint'],
    ['an unknown role', golden('chromium-offer').replaceAll('setup:actpass', 'setup:holdconn'), 'setup:holdconn'],
    ['a mid used twice', golden('chromium-offer').replaceAll('a=mid:1', 'a=mid:0'), 'the same mid'],
  ])('refuses %s', (_, sdp, reason) => {
    expect(() => read(sdp)).toThrow(DescriptionError);
    expect(() => read(sdp)).toThrow(reason);
  });

  test('refuses an answer that leaves the role to the other side', () => {
    const sdp = golden('chromium-answer').replaceAll('setup:active', 'setup:actpass');
    expect(() => read(sdp, 'answer')).toThrow(DescriptionError);
  });

  test.each(['chromium', 'firefox', 'aiortc', 'gstreamer-max-bundle', 'gstreamer-none'])(
    'reads what %s says',
    (name) => {
      for (const type of ['offer', 'answer'] as const) {
        const sections = read(golden(`${name}-${type}`), type);
        expect(new Set(sections.map(({ kind }) => kind))).toEqual(new Set(['audio', 'video', 'application']));
        expect(sections.every(({ isRejected, transport }) => !isRejected && transport !== undefined)).toBe(true);
      }
    },
  );

  test('uses the session’s fingerprint for all sections, as Firefox writes it', () => {
    const sdp = golden('firefox-offer');
    const ofSession = /^a=fingerprint:sha-256 (\S+)/m.exec(sdp.slice(0, sdp.indexOf('m=')))?.[1];
    expect(ofSession).toBeDefined();
    for (const { transport } of read(sdp)) expect(transport?.fingerprints[0]?.value).toBe(ofSession);
  });

  test('reads all fingerprints of a section: any that is known here will do', () => {
    const sdp = golden('chromium-offer').replace(/^(a=fingerprint:.*\r\n)/gm, '$1a=fingerprint:unheard-of 00:11\r\n');
    const [section] = read(sdp);
    expect(section?.transport?.fingerprints.map(({ algorithm }) => algorithm)).toEqual(['sha-256', 'unheard-of']);
  });

  test('does not treat a bundle-only section as rejected, as GStreamer writes it', () => {
    expect(golden('gstreamer-max-bundle-offer')).toContain('m=audio 0 UDP/TLS/RTP/SAVPF');
    expect(read(golden('gstreamer-max-bundle-offer')).map(({ isRejected }) => isRejected)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('treats a section with port 0 as rejected, without a transport', () => {
    const sdp = golden('chromium-answer').replace(
      /m=video \d+ ([\s\S]*?)(?=m=)/,
      'm=video 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n',
    );
    expect(read(sdp, 'answer').map(({ isRejected }) => isRejected)).toEqual([false, true, false]);
  });

  test('keeps credentials that look like numbers as they are', () => {
    const sdp = golden('chromium-offer')
      .replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:0123')
      .replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:123456789012345678901234');
    expect(read(sdp)[0]?.transport).toMatchObject({
      usernameFragment: '0123',
      password: '123456789012345678901234',
    });
  });
});

describe('taggedOf', () => {
  test('is the first accepted section of the BUNDLE group', () => {
    const sections = read(golden('chromium-offer'));
    const [audio, video, application] = sections;
    expect(sections.map((section) => taggedOf(section, sections))).toEqual([audio, audio, audio]);
    const accepted = sections.filter(({ kind }) => kind !== 'audio');
    expect(accepted.map((section) => taggedOf(section, accepted))).toEqual([video, video]);
    expect(application?.group).toEqual(['0', '1', '2']);
  });

  test('is the section itself without a group', () => {
    const sections = read(golden('gstreamer-none-offer'));
    expect(sections.map((section) => taggedOf(section, sections))).toEqual(sections);
  });
});

describe('a remote end of a transport belongs to the same DTLS association', () => {
  const of = (text: string) => read(text)[0]?.transport;
  const sdp = golden('chromium-offer');
  const tlsId = (name: string) => sdp.replace('a=setup:', `a=tls-id:${name.repeat(20)}\r\na=setup:`);

  test.each([
    [
      'with the same certificate, and other ICE credentials',
      sdp,
      sdp.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:other'),
      true,
    ],
    ['with another certificate', sdp, sdp.replaceAll(/(a=fingerprint:\S+ ..)(:..)/g, '$1:00'), false],
    [
      'with the certificate in another case',
      sdp,
      sdp.replaceAll(/(a=fingerprint:\S+ )(.*)/g, (_, name, hex) => name + hex.toLowerCase()),
      true,
    ],
    ['with the same name', tlsId('a'), tlsId('a'), true],
    ['with another name', tlsId('a'), tlsId('b'), false],
    ['with a name that it had not', sdp, tlsId('b'), false],
  ])('%s', (_, before, after, isSame) => {
    const [one, other] = [of(before), of(after)];
    expect(one !== undefined && other !== undefined && isSameAssociation(one, other)).toBe(isSame);
  });
});
