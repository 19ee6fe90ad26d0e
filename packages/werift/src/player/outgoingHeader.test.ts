import { expect, test } from 'vitest';
import { RtpHeader } from 'werift';
import { OutgoingHeader } from './outgoingHeader.ts';

test('werift reads it as its own', () => {
  const header = new OutgoingHeader({
    ssrc: 0xdeadbeef,
    payloadType: 96,
    mid: 'video',
    extensions: { mid: 3, transportSequence: undefined, sendTime: undefined },
  });
  expect(RtpHeader.deSerialize(header.of(7, 0xfffffff0, true).serialize())).toMatchObject({
    ssrc: 0xdeadbeef,
    payloadType: 96,
    sequenceNumber: 7,
    timestamp: 0xfffffff0,
    marker: true,
    extensions: [{ id: 3, payload: Buffer.from('video') }],
    payloadOffset: header.serializeSize,
  });
});

test('it is of the packet that it was made for last', () => {
  const header = new OutgoingHeader({
    ssrc: 1,
    payloadType: 96,
    mid: '0',
    extensions: { mid: 1, transportSequence: undefined, sendTime: undefined },
  });
  header.of(7, 8, true);
  const { sequenceNumber, timestamp, marker } = RtpHeader.deSerialize(header.of(9, 10, false).serialize());
  expect([header.sequenceNumber, sequenceNumber, timestamp, marker]).toEqual([9, 9, 10, false]);
});

test('without the extension it has only the fixed header', () => {
  const header = new OutgoingHeader({
    ssrc: 1,
    payloadType: 96,
    mid: '0',
    extensions: { mid: undefined, transportSequence: undefined, sendTime: undefined },
  });
  expect(header.of(1, 2, false).serialize().toString('hex')).toBe('806000010000000200000001');
});

test('it has the send time and the transport-wide number of a packet', () => {
  const extensions = { mid: 1, transportSequence: 2, sendTime: 3 };
  const header = new OutgoingHeader({ ssrc: 1, payloadType: 96, mid: 'ab', extensions });
  header.of(7, 8, false, true).stamp(0x1234, 64_500);
  const read = RtpHeader.deSerialize(header.serialize());
  expect(read).toMatchObject({ padding: true, payloadOffset: header.serializeSize });
  expect(read.extensions.map(({ id, payload }) => [id, payload.toString('hex')])).toEqual([
    [1, Buffer.from('ab').toString('hex')],
    [2, '1234'],
    [3, '020000'],
  ]);
  expect(RtpHeader.deSerialize(header.of(7, 8, false).serialize()).padding).toBe(false);
});
