import { describe, expect, test } from 'vitest';
import { TransportFeedback } from './transportFeedback.ts';

/** The base sequence number, the packet count, and the message's number. */
const read = (message: Buffer) => [message.readUInt16BE(12), message.readUInt16BE(14), message[19]];

describe('TransportFeedback', () => {
  test('reports each packet once', () => {
    const feedback = new TransportFeedback();
    feedback.received(10, 0);
    feedback.received(11, 5);
    expect(feedback.flush(1, 2, 50).map(read)).toEqual([[10, 2, 0]]);
    expect(feedback.flush(1, 2, 100)).toEqual([]);
    feedback.received(12, 110);
    expect(feedback.flush(1, 2, 150).map(read)).toEqual([[12, 1, 1]]);
  });

  test('reports packets lost between two messages', () => {
    const feedback = new TransportFeedback();
    feedback.received(10, 0);
    feedback.flush(1, 2, 50);
    feedback.received(14, 60);
    expect(feedback.flush(1, 2, 100).map(read)).toEqual([[11, 4, 1]]);
  });

  test('reports again from a late packet, including the packets after it', () => {
    const feedback = new TransportFeedback();
    feedback.received(10, 0);
    feedback.received(12, 5);
    feedback.flush(1, 2, 50);
    feedback.received(11, 60);
    const [message] = feedback.flush(1, 2, 100);
    expect(message && read(message)).toEqual([11, 2, 1]);
    // Both arrived: a vector that starts with a large delta (11 is the reference) does not mean "not received".
    expect(message?.readUInt16BE(20)).not.toBe(0);
  });

  test('counts on where 16 bits end, either way', () => {
    const feedback = new TransportFeedback();
    feedback.received(0xffff, 0);
    feedback.received(1, 5);
    feedback.received(0, 6);
    expect(feedback.flush(1, 2, 50).map(read)).toEqual([[0xffff, 3, 0]]);
    const other = new TransportFeedback();
    other.received(0, 0);
    other.received(0xffff, 1);
    expect(other.flush(1, 2, 50).map(read)).toEqual([[0xffff, 2, 0]]);
  });

  test('starts again after a jump', () => {
    const feedback = new TransportFeedback();
    feedback.received(10, 0);
    feedback.flush(1, 2, 50);
    feedback.received(30_000, 60);
    expect(feedback.flush(1, 2, 100).map(read)).toEqual([[30_000, 1, 1]]);
  });

  test('fills messages up to a datagram', () => {
    const feedback = new TransportFeedback();
    for (let number = 0; number < 1000; number += 1) feedback.received(number, number / 10);
    const messages = feedback.flush(1, 2, 100);
    expect(messages.map(read)).toEqual([
      [0, 400, 0],
      [400, 400, 1],
      [800, 200, 2],
    ]);
    expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(1200);
  });
});
