import { describe, expect, test } from 'vitest';
import { receivedPacket } from '../test/receivedPacket.ts';
import { headerLength, MalformedPacketError, ReceivedPacket } from './receivedPacket.ts';

const read = (bytes: Buffer) => {
  const length = headerLength(bytes, 0);
  return ReceivedPacket.read(bytes.subarray(0, length), bytes.subarray(length));
};

/** Header of a VP8 packet: first byte, then payload type 96 with the marker, number 258, time 66051, source 7. */
const header = (first: number) => Buffer.from([first, 0xe0, 1, 2, 0, 1, 2, 3, 0, 0, 0, 7]);

test('the fields of a packet are those that werift writes', () => {
  const fields = { ssrc: 0xffff_fffe, sequenceNumber: 65_535, timestamp: 0xffff_ffff, payloadType: 127, marker: true };
  expect(receivedPacket(fields, Buffer.from('x'))).toMatchObject({ ...fields, payload: Buffer.from('x') });
  expect(read(Buffer.concat([header(0x80), Buffer.from('y')]))).toMatchObject({
    ssrc: 7,
    sequenceNumber: 258,
    timestamp: 66_051,
    payloadType: 96,
    marker: true,
    payload: Buffer.from('y'),
  });
});

test('sources that contribute belong to the header', () => {
  const packet = read(Buffer.concat([header(0x82), Buffer.alloc(8, 9), Buffer.from('payload')]));
  expect(packet.payload.toString()).toBe('payload');
});

describe('extensions', () => {
  const extended = (profile: number[], ...body: number[]) =>
    read(Buffer.concat([header(0x90), Buffer.from([...profile, 0, body.length / 4, ...body]), Buffer.from('p')]));
  const oneByte = [0xbe, 0xde];

  test('with one byte before each are found by id, behind padding and others', () => {
    const packet = extended(oneByte, 0x10, 0x30, 0, 0x51, 1, 2, 0, 0);
    expect([packet.extension(1)?.toString(), packet.extensionNumber(5, 2)]).toEqual(['0', 258]);
    expect([packet.extension(2), packet.extension(undefined)]).toEqual([undefined, undefined]);
    expect(packet.payload.toString()).toBe('p');
  });

  test('with two bytes before each may be empty, long, and above 14', () => {
    const packet = extended([0x10, 0x00], 200, 2, 3, 4, 0, 1, 0, 0);
    expect([packet.extensionNumber(200, 2), packet.extension(1)?.length]).toEqual([772, 0]);
  });

  test('of another length are not read as a number', () => {
    expect(extended(oneByte, 0x10, 0x30, 0, 0).extensionNumber(1, 2)).toBeUndefined();
  });

  test('behind the id 15, longer than the header, or of another profile are not there', () => {
    expect(extended(oneByte, 0xf0, 0, 0x10, 1).extension(1)).toBeUndefined();
    expect(extended(oneByte, 0, 0, 0x17, 1).extension(1)).toBeUndefined();
    expect(extended([0, 0], 0x10, 1, 0, 0).extension(1)).toBeUndefined();
    expect(extended([0x10, 0x00], 0, 0, 0, 1).extension(1)).toBeUndefined();
  });
});

describe('padding', () => {
  const padded = (...payload: number[]) => read(Buffer.concat([header(0xa0), Buffer.from(payload)]));

  test('is not payload, and may be all there is', () => {
    expect([...padded(1, 2, 0, 0, 3).payload]).toEqual([1, 2]);
    expect(padded(0, 2).payload.length).toBe(0);
  });

  test.each([[[]], [[1, 0]], [[1, 2, 4]]])('that says %j is refused', (payload) => {
    expect(() => padded(...payload)).toThrow(MalformedPacketError);
  });
});

test('a header longer than its packet is refused, the tag behind it left aside', () => {
  const whole = Buffer.concat([header(0x90), Buffer.from([0xbe, 0xde, 0, 1, 0x10, 1, 0, 0])]);
  expect(headerLength(whole, 0)).toBe(whole.length);
  for (let length = 0; length < whole.length; length += 1)
    expect(() => headerLength(whole.subarray(0, length), 0)).toThrow(MalformedPacketError);
  expect(() => headerLength(whole, 1)).toThrow(MalformedPacketError);
});

test('a retransmission is the packet that it repeats', () => {
  const rtx = receivedPacket({ ssrc: 8, sequenceNumber: 5, timestamp: 77, marker: true }, Buffer.from([1, 2, 3, 4]));
  expect(rtx.repeated(96, 7)).toMatchObject({
    ssrc: 7,
    sequenceNumber: 258,
    timestamp: 77,
    payloadType: 96,
    marker: true,
    payload: Buffer.from([3, 4]),
  });
});
