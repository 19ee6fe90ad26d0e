import { describe, expect, test } from 'vitest';
import { RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import {
  maxEncryptedSsrcs,
  ReplayError,
  RtcpDecryption,
  RtpDecryption,
  replayWindowPackets,
} from './srtpDecryption.ts';

describe.each([
  ['AES128_CM_HMAC_SHA1_80', 1],
  ['AEAD_AES_128_GCM', 7],
] as const)('%s', (_, profile) => {
  const key = Buffer.alloc(16, 1);
  const salt = Buffer.alloc(profile === 1 ? 14 : 12, 2);
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };

  function rtp() {
    const sender = new SrtpSession({ keys, profile });
    const receiver = new RtpDecryption(new SrtpSession({ keys, profile }));
    const send = (sequenceNumber: number, ssrc = 1) =>
      sender.encrypt(Buffer.from(`payload ${sequenceNumber}`), new RtpHeader({ ssrc, sequenceNumber }));
    const receive = (datagram: Buffer) => receiver.decrypt(datagram).payload.toString();
    return { send, receive };
  }

  test('a packet is taken once', () => {
    const { send, receive } = rtp();
    const [first, second] = [send(10), send(11)];
    expect([receive(second), receive(first)]).toEqual(['payload 11', 'payload 10']);
    for (const packet of [first, second]) expect(() => receive(packet)).toThrow(ReplayError);
    expect(receive(send(12))).toBe('payload 12');
  });

  test('a packet behind the window is not taken, though it is the first of its number', () => {
    const { send, receive } = rtp();
    const [old, late] = [send(10), send(11)];
    receive(send(10 + replayWindowPackets));
    expect(receive(late)).toBe('payload 11');
    expect(() => receive(old)).toThrow(ReplayError);
  });

  test('a forged packet does not use up the number of an authentic one', () => {
    const { send, receive } = rtp();
    receive(send(1));
    const packet = send(2);
    const forged = Buffer.from(packet);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(() => receive(forged)).toThrow();
    expect(receive(packet)).toBe('payload 2');
  });

  test('a rollover in a long loss is counted, and packets from before it are late', () => {
    const { send, receive } = rtp();
    receive(send(65_300));
    const late = send(65_301);
    for (let number = 65_302; number < 65_536; number += 1) send(number);
    for (let number = 0; number < 200; number += 1) send(number);
    expect(receive(send(200))).toBe('payload 200');
    expect(receive(late)).toBe('payload 65301');
    expect(() => receive(late)).toThrow(ReplayError);
    expect(receive(send(201))).toBe('payload 201');
  });

  test('the number of SSRCs has a limit, and those that are known continue', () => {
    const { send, receive } = rtp();
    for (let ssrc = 1; ssrc <= maxEncryptedSsrcs; ssrc += 1) receive(send(1, ssrc));
    expect(() => receive(send(1, maxEncryptedSsrcs + 1))).toThrow(ReplayError);
    expect(receive(send(2, 1))).toBe('payload 2');
  });

  test('a compound of RTCP is taken once', () => {
    const sender = new SrtcpSession({ keys, profile });
    const receiver = new RtcpDecryption(new SrtcpSession({ keys, profile }));
    const report = Buffer.from('80c9000100000007', 'hex');
    const [first, second] = [sender.encrypt(report), sender.encrypt(report)];
    expect(receiver.decrypt(second)).toEqual(report);
    expect(receiver.decrypt(first)).toEqual(report);
    for (const packet of [first, second]) expect(() => receiver.decrypt(packet)).toThrow(ReplayError);
    const forged = sender.encrypt(report);
    const authentic = Buffer.from(forged);
    forged[8] = (forged[8] ?? 0) ^ 1;
    expect(() => receiver.decrypt(forged)).toThrow();
    expect(receiver.decrypt(authentic)).toEqual(report);
  });
});
