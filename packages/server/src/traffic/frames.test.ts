import { expect, test } from 'vitest';
import { Frames } from './frames.ts';

/** A masked frame, as a client sends it. */
const frame = (length: number, { opcode = 1, isLast = true } = {}) => {
  const head = [(isLast ? 0x80 : 0) | opcode];
  if (length < 126) head.push(0x80 | length);
  else if (length < 65_536) head.push(0x80 | 126, length >> 8, length & 0xff);
  else head.push(0x80 | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (length >> shift) & 0xff));
  return Buffer.concat([Buffer.from([...head, 1, 2, 3, 4]), Buffer.alloc(length, 0xff)]);
};
const ping = frame(4, { opcode: 9 });
const stream = Buffer.concat([
  frame(0),
  frame(125),
  ping,
  frame(126),
  frame(70_000),
  frame(300, { isLast: false }),
  ping,
  frame(0, { opcode: 0, isLast: false }),
  frame(5, { opcode: 0 }),
]);

test.each([1, 2, 3, 7, 1_000, 65_536, 1_000_000])('frames and messages are counted in chunks of %d bytes', (size) => {
  const frames = new Frames();
  for (let at = 0; at < stream.length; at += size) frames.read(stream.subarray(at, at + size));
  expect(frames).toMatchObject({ count: 9, messages: 5, isUnfinished: false, unfinishedBytes: 0 });
});

test('an unfinished message is tracked until its last byte, across control frames', () => {
  const frames = new Frames();
  frames.read(frame(300, { isLast: false }));
  expect(frames).toMatchObject({ isUnfinished: true, unfinishedBytes: 300 });
  frames.read(ping);
  expect(frames).toMatchObject({ isUnfinished: true, unfinishedBytes: 300, messages: 0 });
  const last = frame(200, { opcode: 0 });
  frames.read(last.subarray(0, 3));
  expect(frames).toMatchObject({ isUnfinished: true, unfinishedBytes: 303 });
  frames.read(last.subarray(3));
  expect(frames).toMatchObject({ isUnfinished: false, unfinishedBytes: 0, messages: 1 });
});

test('a length that no message has is followed as it is announced', () => {
  const frames = new Frames();
  frames.read(Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1, 2, 3]));
  expect(frames).toMatchObject({ isUnfinished: true, count: 1, messages: 0 });
});
