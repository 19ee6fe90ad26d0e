import { expect, test } from 'vitest';
import { RtcpPacketConverter } from 'werift';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { Encoding } from '../source/encoding.ts';
import { receivedPacket } from '../test/receivedPacket.ts';
import type { Transport } from '../transport/transport.ts';
import { writeFullIntraRequest } from './fullIntraRequest.ts';
import { Ingest } from './ingest.ts';
import { LoopWatch } from './loopWatch.ts';

test('werift reads a Full Intra Request', () => {
  expect(RtcpPacketConverter.deSerialize(writeFullIntraRequest(0x1234, 0x5678, 7))).toMatchObject([
    { feedback: { senderSsrc: 0x1234, mediaSsrc: 0, fir: [{ ssrc: 0x5678, sequenceNumber: 7 }] } },
  ]);
});

test.each([
  [
    ['nack pli', 'ccm fir'],
    ['sendRtcp', 'sendRtcp', 'sendRtcp'],
  ],
  [['ccm fir'], [1, 1, 2]],
  [[], ['sendRtcp', 'sendRtcp', 'sendRtcp']],
])('with %j, key frames are asked for so, and a repeated request keeps its number', (feedback, asked) => {
  const sent: (string | number)[] = [];
  const transport = {
    traffic: { keyFrameRequested: () => {} },
    sendRtcp: () => sent.push('sendRtcp'),
    sendRtcpBytes: (bytes: Buffer) => sent.push(bytes[16] ?? 0),
  } as unknown as Transport;
  const ingest = new Ingest(transport, { loop: new LoopWatch(), schedule: new Schedule() }, () => {});
  const codec = { codec: { kind: 'video', name: 'VP8', clockRate: 90_000 }, payloadType: 96, feedback };
  const encoding = new Encoding({
    mid: '0',
    codec: codec as unknown as CodecMapping,
    rid: undefined,
    requestKeyFrame: () => {},
  });
  ingest.update({
    tracks: [],
    encodings: [{ encoding, described: { ssrcs: [5], repeats: new Map() } }],
  } as unknown as Parameters<Ingest['update']>[0]);
  ingest.rtp(receivedPacket({ ssrc: 5, payloadType: 96 }, Buffer.from('x')), 0);
  for (const isRepeated of [false, true, false]) ingest.requestKeyFrame(encoding, isRepeated);
  ingest.close();
  expect(sent).toEqual(asked);
});
