import { expect, test } from 'vitest';
import { plainWith } from './plain.ts';
import { secrets } from './secret.ts';

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

test('no secret is left in what is recorded', () => {
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

test('a secret that is not there is not said to be', () => {
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

test('what is no JSON becomes what comes nearest', () => {
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
