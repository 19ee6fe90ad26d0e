import { expect, test } from 'vitest';
import { plainWith } from './plain.ts';
import { maxTextLength, secrets } from './secret.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzdHJlYW0xIn0.c2lnbmF0dXJlc2lnbmF0dXJl';
const sdp = [
  'v=0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:p4sswordp4sswordp4ssword',
  'a=fingerprint:sha-256 AA:BB',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:keykeykey',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  '',
].join('\r\n');

const recorded = {
  type: 'signal.publish',
  message: {
    streamId: 'stream1',
    token: 'hunter2',
    subscriberCode: '123456',
    subscriberId: 'me',
    metaData: '{"name":"x","token":"hunter3"}',
    viewerInfo: `https://example.org/?a=1&token=hunter4&b=2 ${jwt}`,
  },
  iceServers: [{ urls: 'turn:example.org', username: 'u', credential: 'hunter5' }],
  turnServerCredential: 'hunter6',
  origin: 'https://user:hunter7@example.org/',
  sdp,
};

test('recordings contain no secrets', () => {
  const text = JSON.stringify(plainWith(secrets())(recorded));
  for (const gone of ['hunter', 'p4ssword', '123456', 'keykeykey', jwt, 'eyJ']) expect(text).not.toContain(gone);
  for (const kept of ['stream1', 'a=ice-ufrag:abcd', 'AA:BB', 'subscriberId', '"u"', 'b=2', 'm=video'])
    expect(text).toContain(kept);
});

test('a second time changes nothing', () => {
  const plain = plainWith(secrets({ fingerprints: true }));
  const once = plain(recorded);
  expect(plainWith(secrets({ fingerprints: true }))(once)).toEqual(once);
});

test('fingerprints and further fields are removed on request', () => {
  const plain = plainWith(secrets({ fingerprints: true, fields: ['streamId'] }));
  const text = JSON.stringify(plain(recorded));
  expect(text).not.toContain('AA:BB');
  expect(text).not.toContain('stream1');
});

test('an absent secret is not marked as removed', () => {
  expect(plainWith(secrets())({ token: undefined, password: '', credential: null })).toEqual({
    password: '',
    credential: null,
  });
});

test('a long text is cut, and a second time not again', () => {
  const { cleaned } = secrets();
  const cut = cleaned('x'.repeat(100_000));
  expect(cut).toHaveLength(65_536);
  expect(cleaned(cut)).toBe(cut);
});

test('a password in a URL that is cut is not left in it', () => {
  const { cleaned } = secrets();
  const text = `${'x'.repeat(maxTextLength - 30)} https://user:hunter2${'2'.repeat(30)}@example.org/`;
  expect(cleaned(text)).not.toContain('hunter');
});

const tokens = ['eyJhbGciOi.eyJzdW', 'x-eyJhbGciOi.eyJz..', 'a.eyJhbGciOi.b.c', 'eyJ.eyJhbGciOi.b'];

test.each(tokens)('a token is found in %s', (text) => {
  const cleaned = secrets().cleaned(`a ${text} b`);
  expect(cleaned).toMatch(/^a \S*\[secret\] b$/);
  expect(cleaned).not.toContain('hbGciOi');
});

test.each(['eyJhbGciOi', 'eyJhbGciOi.', 'eyJhb.eyJ', 'xeyJhbGciOi.b', 'eyJhbGciOi..b'])('%s is no token', (text) => {
  expect(secrets().cleaned(`a ${text} b`)).toBe(`a ${text} b`);
});

/** Text that takes a pattern of non-linear time long, when repeated. */
const repeated = [
  '-eyJ-',
  '.eyJaaaa',
  'eyJaaaa.',
  'ice-pwd:',
  'a=crypto:1 x',
  'a=crypto:1',
  'token=',
  '"token" ',
  '"token":"',
  '"aaaatoken',
  '://',
  '://a:',
  ':a://b:c',
  'a=fingerprint:',
  'a=fingerprint:x y',
];

/** The shortest of some times. Milliseconds. */
const fastest = (act: () => void) =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const before = performance.now();
      act();
      return performance.now() - before;
    }),
  );

test.each(repeated)('a text of %s takes time that is linear in its length', (unit) => {
  const { cleaned } = secrets({ fingerprints: true });
  const time = (length: number) => fastest(() => cleaned(unit.repeat(length / unit.length)));
  // Quadratic patterns take 16 times as long, and seconds. The rest is what the machine does besides.
  expect(time(maxTextLength)).toBeLessThan(8 * time(maxTextLength / 4) + 20);
});

test.each(['e.', 'eyJ.', 'e-eyJ.'])('a run of many segments %j takes time that is linear in its length', (unit) => {
  const { cleaned } = secrets();
  const time = (length: number) => fastest(() => cleaned(`eyJ ${unit.repeat(length / unit.length)}`));
  expect(time(maxTextLength)).toBeLessThan(8 * time(maxTextLength / 4) + 20);
});

test('text beyond the maximum takes no time', () => {
  const { cleaned } = secrets();
  const text = (length: number) => '"token":"x" '.repeat(length / 12);
  const [short, long] = [text(maxTextLength), text(100 * maxTextLength)];
  expect(fastest(() => cleaned(long))).toBeLessThan(4 * fastest(() => cleaned(short)) + 20);
});

test('values without a JSON form become the nearest equivalent', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const unreadable = {
    get value() {
      throw new Error('no');
    },
  };
  class Track {}
  const made = plainWith(secrets())({
    at: new Date(0),
    error: new TypeError('bad'),
    map: new Map([['a', 1]]),
    set: new Set([1]),
    big: 1n,
    nan: Number.NaN,
    bytes: new Uint8Array(3),
    listener: function hear() {},
    track: new Track(),
    absent: undefined,
    circle,
    unreadable,
  });
  expect(JSON.parse(JSON.stringify(made))).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    error: { name: 'TypeError', message: 'bad' },
    map: { a: 1 },
    set: [1],
    big: '1',
    nan: null,
    bytes: '[3 bytes]',
    listener: '[function hear]',
    track: '[Track]',
    circle: { self: '[circular]' },
    unreadable: '[unreadable]',
  });
});
