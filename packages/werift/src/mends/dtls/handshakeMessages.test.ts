import { array, assert, integer, property, shuffledSubarray, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { fragmentsOf, type HandshakeFragment, HandshakeMessages } from './handshakeMessages.ts';

const body = Buffer.from(Array.from({ length: 60 }, (_, index) => index));

const fragmentOf = (sequence: number, from: number, to: number): HandshakeFragment => ({
  type: 11,
  length: body.length,
  sequence,
  offset: from,
  body: body.subarray(from, to),
});

test('a message is complete when every byte has come, in whatever parts', () => {
  const messages = new HandshakeMessages();
  for (const [from, to] of [
    [40, 60],
    [0, 10],
    [5, 20],
    [40, 60],
  ] as const) {
    messages.add(fragmentOf(0, from, to));
    expect(messages.take()).toBeUndefined();
  }
  messages.add(fragmentOf(0, 15, 45));
  expect(messages.take()?.fragment).toEqual(body);
  expect(messages.take()).toBeUndefined();
});

test('messages are handed on once, in order, over any loss, order and overlap that leaves each byte there once', () => {
  const parts = array(
    tuple(integer({ min: 0, max: 3 }), integer({ min: 0, max: body.length }), integer({ min: 0, max: body.length })),
    { maxLength: 40 },
  );
  const halves = [0, 1, 2, 3].flatMap((sequence) => [
    fragmentOf(sequence, 0, 33),
    fragmentOf(sequence, 30, body.length),
  ]);
  assert(
    property(parts, shuffledSubarray(halves, { minLength: halves.length }), (before, whole) => {
      const messages = new HandshakeMessages();
      const taken: number[] = [];
      const random = before.map(([sequence, one, other]) =>
        fragmentOf(sequence, Math.min(one, other), Math.max(one, other)),
      );
      for (const fragment of [...random, ...whole, ...whole]) {
        messages.add(fragment);
        for (let message = messages.take(); message !== undefined; message = messages.take()) {
          taken.push(message.message_seq);
          expect(message.fragment).toEqual(body);
        }
      }
      expect(taken).toEqual([0, 1, 2, 3]);
    }),
  );
});

test('a message enters the hash of the handshake as one that was never cut', () => {
  const messages = new HandshakeMessages();
  messages.add(fragmentOf(0, 0, body.length));
  expect(messages.take()?.serialize().toString('hex')).toBe(`0b00003c0000${'000000'}00003c${body.toString('hex')}`);
});

test('an empty message is complete', () => {
  const messages = new HandshakeMessages();
  messages.add({ type: 14, length: 0, sequence: 0, offset: 0, body: Buffer.alloc(0) });
  expect(messages.take()?.msg_type).toBe(14);
});

test('a message that is too long, far ahead or contradicts its number is ignored', () => {
  const messages = new HandshakeMessages();
  messages.add({ ...fragmentOf(0, 0, 1), length: 16_385 });
  messages.add(fragmentOf(8, 0, body.length));
  messages.add(fragmentOf(0, 0, 30));
  messages.add({ ...fragmentOf(0, 30, 60), type: 12 });
  messages.add({ ...fragmentOf(0, 30, 60), length: 61 });
  expect(messages.take()).toBeUndefined();
  messages.add(fragmentOf(0, 30, 60));
  expect(messages.take()?.msg_type).toBe(11);
});

test('the end of the last message shows that the remote retransmits its flight', () => {
  const messages = new HandshakeMessages();
  messages.add(fragmentOf(0, 0, 60));
  messages.take();
  expect(
    [fragmentOf(0, 0, 30), fragmentOf(0, 30, 60), fragmentOf(1, 30, 60)].map((one) => messages.isRepeated(one)),
  ).toEqual([false, true, false]);
});

test('a record is read up to the first invalid fragment', () => {
  const header = (length: number, offset: number, partLength: number) =>
    Buffer.from([1, 0, 0, length, 0, 0, 0, 0, offset, 0, 0, partLength]);
  const record = (...parts: readonly Buffer[]) =>
    Array.from(fragmentsOf(Buffer.concat(parts)), (one) => one.body.length);
  expect(record(header(4, 0, 2), Buffer.alloc(2), header(4, 2, 2), Buffer.alloc(2))).toEqual([2, 2]);
  expect(record(header(4, 0, 2), Buffer.alloc(2), header(4, 2, 3), Buffer.alloc(2))).toEqual([2]);
  expect(record(header(4, 3, 2), Buffer.alloc(2))).toEqual([]);
  expect(record(Buffer.alloc(11))).toEqual([]);
});
