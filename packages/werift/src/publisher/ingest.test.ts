import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import { receivedPacket } from '../test/receivedPacket.ts';
import { ReceivedPacket } from '../transport/receivedPacket.ts';
import type { Transport } from '../transport/transport.ts';
import { Ingest } from './ingest.ts';
import type { LoopWatch } from './loopWatch.ts';

const audio = { codec: { kind: 'audio', name: 'opus', clockRate: 48_000 }, payloadType: 111, feedback: [] };

test('64 SSRCs of a transport are remembered, and the packets of a further one are received as well', () => {
  const track = new Track({
    id: 'a',
    streamId: 's',
    mid: '0',
    codec: audio as unknown as CodecMapping,
    requestKeyFrame: () => {},
  });
  const [encoding] = track.encodings;
  if (encoding === undefined) throw new Error('no encoding');
  const ingest = new Ingest(
    { sendRtcp: () => {}, sendRtcpBytes: () => {} } as unknown as Transport,
    { loop: { busySince: () => 0 } as unknown as LoopWatch, schedule: new Schedule() },
    () => {},
  );
  ingest.update({
    tracks: [track],
    encodings: [{ encoding, described: { ssrcs: [], repeats: new Map() } }],
    midId: 1,
    ridId: undefined,
    repairedRidId: undefined,
    sendTimeId: undefined,
    transportSequenceId: undefined,
    audioLevelId: undefined,
    dependencyId: undefined,
  });
  // Whoever reads the text of an extension does so because it does not know the SSRC.
  const read = vi.spyOn(ReceivedPacket.prototype, 'extension');
  const receive = (ssrc: number, sequenceNumber: number): number => {
    read.mockClear();
    const fields = { ssrc, sequenceNumber, timestamp: sequenceNumber, payloadType: 111 };
    ingest.rtp(receivedPacket(fields, Buffer.from([0xf8]), [{ id: 1, payload: Buffer.from('0') }]), performance.now());
    return read.mock.calls.length;
  };
  for (let ssrc = 1; ssrc <= 65; ssrc += 1) receive(ssrc, 1);
  const known = receive(1, 2);
  expect(receive(64, 2)).toBe(known);
  expect(receive(65, 2)).toBeGreaterThan(known);
  read.mockRestore();
  ingest.close();
  track.close();
});

describe('congestion feedback', () => {
  function reporting() {
    /** The number of packets in each message so far. */
    const reported: number[] = [];
    const transport = { sendRtcpBytes: (bytes: Buffer) => reported.push(bytes.readUInt16BE(14)) };
    const surroundings = { loop: { busySince: () => undefined }, schedule: new Schedule() };
    const ingest = new Ingest(
      transport as unknown as Transport,
      surroundings as unknown as ConstructorParameters<typeof Ingest>[1],
      () => {},
    );
    ingest.update({ tracks: [], encodings: [], transportSequenceId: 3 } as unknown as Parameters<Ingest['update']>[0]);
    const receive = (sequenceNumber: number) => {
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(sequenceNumber);
      ingest.rtp(receivedPacket({ ssrc: 1 }, Buffer.from('x'), [{ id: 3, payload }]), performance.now());
    };
    return { reported, receive, ingest };
  }

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is sent when a packet comes, every 50 ms', () => {
    const { reported, receive, ingest } = reporting();
    for (let number = 0; number <= 20; number += 1) {
      receive(number);
      vi.advanceTimersByTime(10);
    }
    ingest.close();
    expect(reported.slice(0, 3)).toEqual([6, 6, 6]);
  });

  test('on the last packet before a pause is sent within 150 ms', () => {
    const { reported, receive, ingest } = reporting();
    receive(1);
    vi.advanceTimersByTime(150);
    expect(reported).toEqual([1]);
    vi.advanceTimersByTime(1_000);
    receive(2);
    receive(3);
    vi.advanceTimersByTime(150);
    ingest.close();
    expect(reported).toEqual([1, 2]);
  });
});
