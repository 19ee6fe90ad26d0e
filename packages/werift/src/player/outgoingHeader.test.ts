import { expect, test } from 'vitest';
import { RtpHeader } from 'werift';
import { OutgoingHeader } from './outgoingHeader.ts';

test('werift reads it as its own', () => {
  const header = new OutgoingHeader({ ssrc: 0xdeadbeef, payloadType: 96, mid: 'video', midId: 3 });
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
  const header = new OutgoingHeader({ ssrc: 1, payloadType: 96, mid: '0', midId: 1 });
  header.of(7, 8, true);
  const { sequenceNumber, timestamp, marker } = RtpHeader.deSerialize(header.of(9, 10, false).serialize());
  expect([header.sequenceNumber, sequenceNumber, timestamp, marker]).toEqual([9, 9, 10, false]);
});

test('without the extension it has nothing but what RTP demands', () => {
  const header = new OutgoingHeader({ ssrc: 1, payloadType: 96, mid: '0', midId: undefined });
  expect(header.of(1, 2, false).serialize().toString('hex')).toBe('806000010000000200000001');
});
