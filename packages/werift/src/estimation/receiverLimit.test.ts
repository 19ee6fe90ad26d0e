import { expect, test } from 'vitest';
import { readReceiverLimit, writeReceiverLimit } from './receiverLimit.ts';

test.each([0, 1, 30_000, 262_143, 262_144, 500_000, 123_456_789, 2 ** 40])(
  '%i bit/s is written and read',
  (bitrate) => {
    const read = readReceiverLimit(writeReceiverLimit(1, [2, 3], bitrate)) ?? Number.NaN;
    expect(read).toBeLessThanOrEqual(bitrate);
    expect(read).toBeGreaterThanOrEqual(bitrate * (1 - 2 ** -17) - 1);
  },
);

test('the largest value of the format is read, and short or other packets are ignored', () => {
  const packet = writeReceiverLimit(1, [], 0);
  packet.fill(0xff, 17);
  expect(readReceiverLimit(packet)).toBe(0x3_ffff * 2 ** 63);
  for (let length = 0; length < packet.length; length += 1)
    expect(readReceiverLimit(packet.subarray(0, length))).toBeUndefined();
  packet.write('REMA', 12, 'latin1');
  expect(readReceiverLimit(packet)).toBeUndefined();
});
