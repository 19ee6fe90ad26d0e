import { expect, test } from 'vitest';
import { RtpHeader, RtpPacket } from 'werift';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import { Inbound } from './inbound.ts';

function inboundOf(feedback: readonly string[]) {
  const asked = { keyFrames: 0 };
  const codec = { codec: { kind: 'video', clockRate: 90_000 }, payloadType: 96, rtxPayloadType: undefined, feedback };
  const track = new Track({
    id: 'v',
    streamId: 's',
    mid: '0',
    codec: codec as unknown as CodecMapping,
    requestKeyFrame: () => {
      asked.keyFrames += 1;
    },
  });
  const inbound = new Inbound(track);
  const hears = (sequenceNumber: number, atMs: number) =>
    inbound.received(
      new RtpPacket(new RtpHeader({ payloadType: 96, ssrc: 1, sequenceNumber, timestamp: 0 }), Buffer.from('x')),
      atMs,
    );
  return { asked, inbound, hears, close: () => track.close() };
}

test.each([
  [['nack', 'nack pli'], [11], 0],
  [['nack pli'], [], 1],
  [[], [], 1],
])('of a publisher with %j, %j is asked for again, and %i key frames in its place', (feedback, again, keyFrames) => {
  const { asked, inbound, hears, close } = inboundOf(feedback);
  hears(10, 0);
  hears(12, 5);
  expect(inbound.missing(5)).toEqual(again);
  for (const [number, atMs] of [
    [13, 50],
    [14, 110],
    [15, 115],
  ] as const) {
    hears(number, atMs);
    inbound.missing(atMs);
  }
  close();
  expect(asked.keyFrames).toBe(keyFrames);
});
