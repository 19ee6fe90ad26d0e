import { describe, expect, test } from 'vitest';
import { RtcpSenderInfo, RtcpSrPacket } from 'werift';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import { receivedPacket } from '../test/receivedPacket.ts';
import { Inbound } from './inbound.ts';

function inboundOf(feedback: readonly string[]) {
  const asked = { keyFrames: 0 };
  const codec = {
    codec: { kind: 'video', name: 'AV1', clockRate: 90_000 },
    payloadType: 96,
    rtxPayloadType: 97,
    feedback,
  };
  const track = new Track({
    id: 'v',
    streamId: 's',
    mid: '0',
    codec: codec as unknown as CodecMapping,
    requestKeyFrame: () => {
      asked.keyFrames += 1;
    },
  });
  const [encoding] = track.encodings;
  if (encoding === undefined) throw new Error('no encoding');
  const inbound = new Inbound(encoding);
  const received: { readonly sequenceNumber: number; readonly text: string }[] = [];
  encoding.receive = ({ sequenceNumber, payload }) => {
    received.push({ sequenceNumber, text: payload.toString() });
  };
  const hears = (sequenceNumber: number, atMs: number, ssrc = 1) =>
    inbound.received(
      receivedPacket({ payloadType: 96, ssrc, sequenceNumber }, Buffer.from(`${ssrc}:${sequenceNumber}`)),
      atMs,
    );
  /** Delivers a packet again, as a retransmission of `ssrc`. */
  const hearsAgain = (sequenceNumber: number, atMs: number, ssrc: number) =>
    inbound.received(
      receivedPacket(
        { payloadType: 97, ssrc, sequenceNumber: 1 },
        Buffer.concat([
          Buffer.from([sequenceNumber >> 8, sequenceNumber & 0xff]),
          Buffer.from(`again:${sequenceNumber}`),
        ]),
      ),
      atMs,
    );
  return { asked, inbound, encoding, received, hears, hearsAgain, close: () => track.close() };
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

describe('a track is one SSRC at a time', () => {
  const textsOf = (received: readonly { readonly text: string }[]) => received.map(({ text }) => text);

  test('of several that one description names, and another one only once that is silent', () => {
    const { inbound, received, hears, close } = inboundOf(['nack']);
    inbound.described = { ssrcs: [1, 2, 3], repeats: new Map() };
    for (const [number, atMs] of [
      [10, 0],
      [11, 20],
      [12, 40],
    ] as const)
      for (const ssrc of [1, 2, 3]) hears(100 * ssrc + number, atMs, ssrc);
    expect(textsOf(received)).toEqual(['1:110', '1:111', '1:112']);
    hears(213, 1_039, 2);
    hears(214, 1_041, 2);
    hears(114, 1_042, 1);
    expect(received.slice(3)).toEqual([{ sequenceNumber: 113, text: '2:214' }]);
    close();
  });

  test('and packets of one that was replaced are late', () => {
    const { received, hears, close } = inboundOf(['nack']);
    hears(10, 0, 1);
    hears(500, 20, 2);
    hears(11, 21, 1);
    hears(501, 22, 2);
    expect(textsOf(received)).toEqual(['1:10', '2:500', '2:501']);
    close();
  });

  test('and packets from before the first of a new one do not take the numbers of the one before', () => {
    const { received, hears, close } = inboundOf(['nack']);
    hears(10, 0, 1);
    hears(12, 10, 1);
    hears(500, 20, 2);
    hears(498, 21, 2);
    expect(received.map(({ sequenceNumber }) => sequenceNumber)).toEqual([10, 12, 13]);
    close();
  });

  test('and a retransmission is of the SSRC that it repeats', () => {
    const { inbound, received, hears, hearsAgain, close } = inboundOf(['nack']);
    inbound.described = {
      ssrcs: [1, 2, 11, 12],
      repeats: new Map([
        [11, 1],
        [12, 2],
      ]),
    };
    hears(10, 0, 1);
    hears(12, 5, 1);
    hearsAgain(11, 10, 12);
    expect(received.length).toBe(2);
    hearsAgain(11, 11, 11);
    expect(received.at(-1)).toEqual({ sequenceNumber: 11, text: 'again:11' });
    close();
  });

  test('as one that no description names is of the SSRC that it repeated first', () => {
    const { received, hears, hearsAgain, close } = inboundOf(['nack']);
    hears(10, 0, 1);
    hears(12, 5, 1);
    hearsAgain(11, 6, 11);
    hears(9, 20, 2);
    hears(11, 25, 2);
    hearsAgain(10, 30, 11);
    expect(textsOf(received)).toEqual(['1:10', '1:12', 'again:11', '2:9', '2:11']);
    hearsAgain(10, 31, 12);
    expect(received.at(-1)).toEqual({ sequenceNumber: 14, text: 'again:10' });
    close();
  });

  test('of which the track continues to count, though the packet before was late', () => {
    const { received, hears, close } = inboundOf(['nack']);
    for (const number of [10, 12, 11]) hears(number, 0, 1);
    hears(700, 5, 2);
    expect(received.at(-1)?.sequenceNumber).toBe(13);
    close();
  });

  test('whose clock is the one that counts', () => {
    const { inbound, encoding, hears, close } = inboundOf(['nack']);
    hears(10, 0, 1);
    const senderInfo = new RtcpSenderInfo({ ntpTimestamp: 1n, rtpTimestamp: 9, packetCount: 1, octetCount: 1 });
    inbound.heard(new RtcpSrPacket({ ssrc: 2, senderInfo }), 0);
    expect(encoding.clock).toBeUndefined();
    inbound.heard(new RtcpSrPacket({ ssrc: 1, senderInfo }), 0);
    expect(encoding.clock).toMatchObject({ rtpTimestamp: 9 });
    close();
  });
});
