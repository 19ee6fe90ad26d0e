import { expect, test } from 'vitest';
import { RtpHeader, RtpPacket } from 'werift';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import { Ingest } from './ingest.ts';
import type { LoopWatch } from './loopWatch.ts';

const audio = { codec: { kind: 'audio', name: 'opus', clockRate: 48_000 }, payloadType: 111, feedback: [] };

test('64 sources of a transport are remembered, and the packets of a further one are received as well', () => {
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
    encodings: [{ encoding, sources: { ssrcs: [], repeats: new Map() } }],
    midId: 1,
    ridId: undefined,
    repairedRidId: undefined,
    sendTimeId: undefined,
    transportSequenceId: undefined,
    audioLevelId: undefined,
    dependencyId: undefined,
  });
  // Whoever looks at the extensions of a packet does so because it does not know the source.
  let looked = 0;
  const extensions = [
    {
      get id() {
        looked += 1;
        return 1;
      },
      payload: Buffer.from('0'),
    },
  ];
  const receive = (ssrc: number, sequenceNumber: number): number => {
    looked = 0;
    const header = new RtpHeader({ ssrc, sequenceNumber, timestamp: sequenceNumber, payloadType: 111 });
    header.extensions = extensions;
    ingest.rtp(new RtpPacket(header, Buffer.from([0xf8])), performance.now());
    return looked;
  };
  for (let ssrc = 1; ssrc <= 65; ssrc += 1) receive(ssrc, 1);
  const known = receive(1, 2);
  expect(receive(64, 2)).toBe(known);
  expect(receive(65, 2)).toBeGreaterThan(known);
  ingest.close();
  track.close();
});
