import { describe, expect, test } from 'vitest';
import { type PacketArrival, writeFeedback } from './feedbackMessage.ts';

const write = (packets: readonly PacketArrival[], first = 1000) => {
  const { bytes, told } = writeFeedback({ senderSsrc: 0x01020304, mediaSsrc: 0x05060708, first, count: 9, packets });
  return { told, hex: bytes?.toString('hex').replace(/(.{8})(?!$)/g, '$1 '), bytes: bytes ?? Buffer.alloc(0) };
};

/** Arrival time of each packet, as decoded by a reader that follows the draft. */
function readBack(bytes: Buffer): PacketArrival[] {
  const count = bytes.readUInt16BE(14);
  const statuses: number[] = [];
  let offset = 20;
  for (; statuses.length < count; offset += 2) {
    const chunk = bytes.readUInt16BE(offset);
    if (chunk < 0x8000) statuses.push(...new Array<number>(chunk & 0x1fff).fill(chunk >> 13));
    else for (let shift = 12; shift >= 0; shift -= 2) statuses.push((chunk >> shift) & 3);
  }
  let ticks = bytes.readUIntBE(16, 3) * 256;
  const arrivals = statuses.slice(0, count).map((status) => {
    if (status === 0) return undefined;
    ticks += status === 1 ? bytes.readUInt8(offset) : bytes.readInt16BE(offset);
    offset += status;
    return ticks / 4;
  });
  const isPadded = ((bytes[0] ?? 0) & 0x20) !== 0;
  expect(bytes.length - offset).toBe(isPadded ? bytes.at(-1) : 0);
  return arrivals;
}

describe('writeFeedback', () => {
  test('writes packets that came one after the other', () => {
    // 64 ms is the reference time 1; the deltas are 0, 10 ms and 20 ms in ticks of 250 µs.
    expect(write([64, 74, 94]).hex).toBe(
      [
        'afcd0006', // padded, feedback 15, type 205, 7 words
        '01020304',
        '05060708',
        '03e80003', // the first is 1000, 3 packets
        '00000109', // reference time 1, the tenth message
        '20030028', // a run of 3 with small deltas; 0 and 40
        '50000003', // 80, and 3 bytes of padding
      ].join(' '),
    );
  });

  test('writes a packet that did not arrive, and a delta of two bytes', () => {
    expect(write([64, undefined, 164]).hex).toBe(
      [
        'afcd0006',
        '01020304',
        '05060708',
        '03e80003',
        '00000109',
        'd2000001', // a vector: small, not received, large; the deltas 0 and 400
        '90000003',
      ].join(' '),
    );
  });

  test('rounds the reference time down, so that the first delta is not negative', () => {
    expect(write([127.75]).bytes.readUIntBE(16, 3)).toBe(1);
    expect(write([127.75]).bytes[22]).toBe(255);
  });

  test('needs no padding when it ends on 32 bits', () => {
    const { bytes } = write([64, 65]);
    expect(bytes.length % 4).toBe(0);
    expect((bytes[0] ?? 0) & 0x20).toBe(0);
  });

  test('wraps the first number and the reference time', () => {
    const { bytes } = write([2 ** 24 * 64 + 64], 0x1_0005);
    expect(bytes.readUInt16BE(12)).toBe(5);
    expect(bytes.readUIntBE(16, 3)).toBe(1);
  });

  test('covers only packets within the range of one reference time', () => {
    const packets = [0, 10, undefined, 20_000, 20_001];
    const { told } = write(packets);
    expect(told).toBe(3);
    expect(write(packets.slice(told)).told).toBe(2);
  });

  test('writes nothing when nothing came', () => {
    expect(write([undefined, undefined])).toMatchObject({ told: 2, hex: undefined });
  });

  test('is read as it was written, whatever came', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let round = 0; round < 200; round += 1) {
      let at = Math.floor(random() * 1e6);
      const packets = Array.from({ length: 1 + Math.floor(random() * 120) }, () => {
        at += random() < 0.1 ? random() * 500 - 100 : random() * 5;
        return random() < round / 250 ? undefined : Math.round(at * 4) / 4;
      });
      const { bytes, told } = write(packets);
      expect(told).toBe(packets.length);
      if (bytes.length > 0) expect(readBack(bytes)).toEqual(packets);
    }
  });
});
