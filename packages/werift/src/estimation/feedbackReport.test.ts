import { expect, test } from 'vitest';
import { writeFeedback } from '../publisher/feedbackMessage.ts';
import { pseudoRandom } from '../test/simulatedPath.ts';
import { readFeedback } from './feedbackReport.ts';

const written = (packets: readonly (number | undefined)[]): Buffer => {
  const { bytes } = writeFeedback({ senderSsrc: 1, mediaSsrc: 2, first: 65_530, count: 7, packets });
  if (bytes === undefined) throw new Error('nothing was written');
  return bytes;
};

test('a written report is read back: wrapping numbers, losses, small, large and negative deltas', () => {
  const arrivals = [
    1000,
    1001,
    undefined,
    undefined,
    1001.25,
    2000,
    1990,
    ...Array.from({ length: 30 }, () => undefined),
    2100,
  ];
  const report = readFeedback(written(arrivals));
  expect(report?.count).toBe(7);
  const base = (report?.reference ?? 0) * 64;
  expect(report?.packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
    arrivals.map((_, index) => (65_530 + index) & 0xffff),
  );
  expect(report?.packets.map(({ arrivedAtMs }) => arrivedAtMs && base + arrivedAtMs)).toEqual(arrivals);
});

test('a truncated report is ignored without an error', () => {
  const whole = written([1000, undefined, 1500, 1501, 3000]);
  for (let length = 0; length < whole.length; length += 1) {
    expect(readFeedback(whole.subarray(0, length))).toBeUndefined();
    const cut = Buffer.from(whole.subarray(0, length - (length % 4)));
    if (cut.length >= 4) cut.writeUInt16BE(cut.length / 4 - 1, 2);
    expect(() => readFeedback(cut)).not.toThrow();
  }
});

test('a run of no packets, a reserved status, and a count without end are refused', () => {
  const whole = written([1000, 1001]);
  const withChunk = (chunk: number) => {
    const changed = Buffer.from(whole);
    changed.writeUInt16BE(chunk, 20);
    return readFeedback(changed);
  };
  expect(withChunk(0x2000)).toBeUndefined();
  expect(withChunk(0x6002)).toBeUndefined();
  const many = Buffer.from(whole);
  many.writeUInt16BE(0xffff, 14);
  expect(readFeedback(many)).toBeUndefined();
});

test('random bytes are read without an error', () => {
  const random = pseudoRandom(3);
  for (let round = 0; round < 5_000; round += 1) {
    const bytes = Buffer.from(Array.from({ length: 4 * Math.floor(20 * random()) }, () => Math.floor(256 * random())));
    if (bytes.length >= 4) {
      bytes[0] = 0x8f | (random() < 0.3 ? 0x20 : 0);
      bytes[1] = 205;
      bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
    }
    expect(() => readFeedback(bytes)).not.toThrow();
  }
});

test('a report on more than 8 192 packets is ignored', () => {
  // Run lengths of packets that were not received: 13 bits each.
  const reportOn = (count: number) => {
    const packet = Buffer.alloc(24);
    packet.writeUInt8(0x8f, 0);
    packet.writeUInt8(205, 1);
    packet.writeUInt16BE(packet.length / 4 - 1, 2);
    packet.writeUInt16BE(count, 14);
    packet.writeUInt16BE(8_191, 20);
    packet.writeUInt16BE(count - 8_191, 22);
    return packet;
  };
  expect(readFeedback(reportOn(8_192))?.packets).toHaveLength(8_192);
  expect(readFeedback(reportOn(8_193))).toBeUndefined();
});
