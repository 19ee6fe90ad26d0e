import { describe, expect, test } from 'vitest';
import { RtpHeader, SrtpSession } from 'werift';
import { OutgoingHeader } from '../player/outgoingHeader.ts';
import { RtpEncryption } from './rtpEncryption.ts';

const noExtensions = { mid: undefined, transportSequence: undefined, sendTime: undefined };
const payload = Buffer.from('payload');
const header = (sequenceNumber: number, ssrc = 0x8123_4567) =>
  new RtpHeader({ ssrc, sequenceNumber, payloadType: 96, timestamp: 1234, marker: true });

describe.each([
  ['AES128_CM_HMAC_SHA1_80', 1],
  ['AEAD_AES_128_GCM', 7],
] as const)('%s', (_, profile) => {
  const session = () => {
    const key = Buffer.alloc(16, 1);
    const salt = Buffer.from('0123456789abcd').subarray(0, profile === 1 ? 14 : 12);
    const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
    return new SrtpSession({ keys, profile });
  };

  test('a packet is byte for byte that of werift, also after a rollover', () => {
    const [theirs, ours] = [session(), new RtpEncryption(session())];
    for (const number of [65_533, 65_534, 65_535, 0, 1, 2])
      expect(Buffer.concat(ours.encrypt(payload, header(number)))).toEqual(theirs.encrypt(payload, header(number)));
  });

  test('a packet stays as it is when its header becomes that of the next', () => {
    const ours = new RtpEncryption(session());
    const changing = new OutgoingHeader({ ssrc: 1, payloadType: 96, mid: '0', extensions: noExtensions });
    const packet = ours.encrypt(payload, changing.of(1, 1, false));
    const before = Buffer.concat(packet);
    changing.of(2, 2, true);
    expect(Buffer.concat(packet)).toEqual(before);
  });

  test('SSRCs count on their own', () => {
    const [theirs, ours] = [session(), new RtpEncryption(session())];
    for (const [number, ssrc] of [
      [65_535, 1],
      [7, 2],
      [0, 1],
      [8, 2],
    ] as const)
      expect(Buffer.concat(ours.encrypt(payload, header(number, ssrc)))).toEqual(
        theirs.encrypt(payload, header(number, ssrc)),
      );
  });

  test('a rollover in a long gap is counted', () => {
    const [steady, leaping] = [new RtpEncryption(session()), new RtpEncryption(session())];
    for (let number = 65_000; number < 65_536; number += 1) steady.encrypt(payload, header(number));
    for (let number = 0; number < 500; number += 1) steady.encrypt(payload, header(number));
    leaping.encrypt(payload, header(65_000));
    expect(leaping.encrypt(payload, header(500))).toEqual(steady.encrypt(payload, header(500)));
  });

  test('a packet from before a rollover is repeated as it was, and disturbs nothing', () => {
    const ours = new RtpEncryption(session());
    const first = ours.encrypt(payload, header(65_400));
    const next = new RtpEncryption(session());
    next.encrypt(payload, header(65_400));
    for (const number of [65_535, 0, 200]) {
      ours.encrypt(payload, header(number));
      next.encrypt(payload, header(number));
    }
    expect(ours.encrypt(payload, header(65_400))).toEqual(first);
    expect(ours.encrypt(payload, header(201))).toEqual(next.encrypt(payload, header(201)));
  });
});
