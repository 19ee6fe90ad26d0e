import { array, assert, constant, integer, oneof, property, record } from 'fast-check';
import { expect, test, vi } from 'vitest';
import { GenericNack, RtcpReceiverInfo, RtcpRrPacket, RtcpTransportLayerFeedback, type RtpHeader } from 'werift';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import { Traffic, TransportTraffic } from '../transport/traffic.ts';
import type { Transport } from '../transport/transport.ts';
import { Outlet } from './outlet.ts';

const ssrc = 0x1111;
const extensions = { mid: undefined, transportSequence: undefined, sendTime: undefined };
const rtx = { ssrc: 0x2222, payloadType: 97 };

/** The first byte of an AV1 payload that starts with a key frame. */
const keyFrame = 0x08;

const receiveOf = ({ encodings: [encoding] }: Track, at: number, payload: Buffer) =>
  encoding?.receive({ sequenceNumber: at & 0xffff, timestamp: at, marker: false, payload }, performance.now());

/** A player of one track, whose transport notes what it would encrypt, by SSRC and index. @see RFC 3711 § 3.3.1 */
function player(hasRtx: boolean, requestKeyFrame: () => void = () => {}, rids: readonly string[] = []) {
  const codec = { codec: { kind: 'video', name: 'AV1', clockRate: 90_000 }, payloadType: 96, feedback: [] };
  const track = new Track({
    id: 'v',
    streamId: 's',
    mid: '0',
    codec: codec as unknown as CodecMapping,
    rids,
    requestKeyFrame,
  });
  const sent = new Map<string, string>();
  const highest = new Map<number, number>();
  const reused: string[] = [];
  const sendRtp = (payload: Buffer, { ssrc, sequenceNumber }: RtpHeader) => {
    const before = highest.get(ssrc) ?? sequenceNumber;
    const index = before + (((sequenceNumber - before) << 16) >> 16);
    highest.set(ssrc, Math.max(before, index));
    const [key, packet] = [`${ssrc} ${index}`, payload.toString('hex')];
    if ((sent.get(key) ?? packet) !== packet) reused.push(key);
    sent.set(key, packet);
  };
  const traffic = new Traffic();
  const transport = { isWritable: true, sendRtp, traffic: new TransportTraffic(traffic) } as unknown as Transport;
  const outlet = new Outlet(transport, new Schedule(), () => true);
  const options = { track, ssrc, payloadType: 96, rtx: hasRtx ? rtx : undefined, mid: '0', extensions };
  outlet.update([options]);
  return { track, transport, traffic, outlet, options, sent, reused, last: () => (highest.get(ssrc) ?? 0) & 0xffff };
}

test.each([true, false])('no index is used for two packets, with retransmissions of their own SSRC: %s', (hasRtx) => {
  const event = record({
    kind: oneof(
      { weight: 20, arbitrary: constant('packet') },
      { weight: 3, arbitrary: constant('late') },
      { weight: 3, arbitrary: constant('lost by the player') },
      { weight: 1, arbitrary: constant('leap') },
      { weight: 1, arbitrary: constant('toggle') },
      { weight: 1, arbitrary: constant('interruption') },
      { weight: 1, arbitrary: constant('taken again') },
    ),
    by: integer({ min: 0, max: 70_000 }),
  });
  assert(
    property(array(event, { minLength: 30, maxLength: 150 }), integer({ min: 0, max: 0xffff }), (events, start) => {
      const { track, transport, outlet, options, reused, last } = player(hasRtx);
      let number = start;
      let isTaken = true;
      const receive = (at: number) => {
        const payload = Buffer.alloc(5, keyFrame);
        payload.writeUInt32BE(at, 1);
        receiveOf(track, at, payload);
      };
      for (const { kind, by } of events) {
        if (kind === 'packet' || kind === 'leap') {
          number += kind === 'leap' ? by : 1 + (by % 3);
          receive(number);
        } else if (kind === 'late') receive(Math.max(start, number - (by % 2 === 0 ? by % 300 : by)));
        else if (kind === 'lost by the player') {
          const lost = [0, 1, 2].map((distance) => (last() - (by % 400) - distance) & 0xffff);
          const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost });
          outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
        } else if (kind === 'taken again') {
          isTaken = !isTaken;
          outlet.update(isTaken ? [options] : []);
        } else {
          Object.assign(transport, { isWritable: !transport.isWritable });
          outlet.run();
        }
      }
      outlet.close();
      track.close();
      expect(reused).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a track that a player gets again continues its count, under the same keys', () => {
  const { track, outlet, options, last } = player(true);
  const receive = (sequenceNumber: number) => receiveOf(track, sequenceNumber, Buffer.from([keyFrame]));
  receive(10);
  const before = last();
  outlet.update([]);
  outlet.update([options]);
  receive(900);
  expect(last()).toBe(before + 1);
  outlet.close();
  track.close();
});

test('a key frame whose first packet is late is sent whole, and nothing from before it', () => {
  const { track, outlet, sent } = player(true);
  const [other, start] = [0, keyFrame];
  for (const [at, first] of [
    [9, other],
    [12, other],
    [13, other],
    [11, start],
    [14, other],
  ] as const)
    receiveOf(track, at, Buffer.from([first, at]));
  expect([...sent.values()]).toEqual(['080b', '000c', '000d', '000e']);
  const numbers = [...sent.keys()].map((key) => Number(key.split(' ')[1]));
  expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual([0, 1, 2, 3]);
  outlet.close();
  track.close();
});

test('a player that starts causes one key frame for all', () => {
  vi.useFakeTimers();
  try {
    const requestKeyFrame = vi.fn();
    const { track, outlet } = player(true, requestKeyFrame);
    receiveOf(track, 10, Buffer.from([keyFrame]));
    vi.advanceTimersByTime(10_000);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1);
    outlet.close();
    track.close();
  } finally {
    vi.useRealTimers();
  }
});

/** A player's report on the packets that it was sent. */
const receptionOf = (fields: Partial<ConstructorParameters<typeof RtcpReceiverInfo>[0]>) =>
  new RtcpRrPacket({
    ssrc: 1,
    reports: [
      new RtcpReceiverInfo({
        ssrc,
        fractionLost: 0,
        packetsLost: 0,
        highestSequence: 0,
        jitter: 0,
        lsr: 0,
        dlsr: 0,
        ...fields,
      }),
    ],
  });

test('packets that a player reports as lost, and those sent again, are counted once', () => {
  const { track, traffic, outlet, last } = player(true);
  for (let number = 10; number < 30; number += 1) receiveOf(track, number, Buffer.from([keyFrame]));
  for (const packetsLost of [3, 3, 5, 4])
    outlet.rtcp(receptionOf({ packetsLost, fractionLost: 64 }), performance.now());
  expect(traffic.totals.packetsLost).toBe(5);
  expect(outlet.path.estimator.loss).toBeGreaterThan(0.1);
  const lost = [last(), (last() - 1) & 0xffff];
  const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost });
  outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
  expect(traffic.totals.packetsRetransmitted).toBe(2);
  outlet.close();
  track.close();
});

test('a player cannot report more packets as lost than it was sent', () => {
  const { track, traffic, outlet } = player(true);
  receiveOf(track, 10, Buffer.from([keyFrame]));
  for (const packetsLost of [0x7f_ffff, 0xff_ffff, 0x7f_ffff])
    outlet.rtcp(receptionOf({ packetsLost, lsr: 77, dlsr: 0xffff_ffff }), performance.now());
  outlet.rtcp(receptionOf({ ssrc: 0x9999, packetsLost: 9 }), performance.now());
  expect(traffic.totals.packetsLost).toBe(1);
  expect(outlet.path.estimator.rttMs).toBe(0);
  outlet.close();
  track.close();
});

test('the echo of a sender report gives the round trip', () => {
  const { track, outlet } = player(true);
  receiveOf(track, 10, Buffer.from([keyFrame]));
  const [encoding] = track.encodings;
  if (encoding !== undefined) encoding.clock = { ntp: 7n << 32n, rtpTimestamp: 0, atMs: 1_000 };
  const report = outlet.forwarders[0]?.report(1_000);
  const lsr = Number(((report?.senderInfo.ntpTimestamp ?? 0n) >> 16n) & 0xffff_ffffn);
  // The player kept it for half a second.
  outlet.rtcp(receptionOf({ lsr, dlsr: 32_768 }), 1_580);
  expect(outlet.path.estimator.rttMs).toBe(80);
  outlet.close();
  track.close();
});

/** With a clock that is turned: runs what it is given, and puts the clock right. */
function withTime(run: () => void): void {
  vi.useFakeTimers();
  try {
    run();
  } finally {
    vi.useRealTimers();
  }
}

/** A player that has received one packet, and the number of key frames that it has made the publisher send since. */
function asking() {
  const requestKeyFrame = vi.fn();
  const { track, outlet } = player(true, requestKeyFrame);
  receiveOf(track, 10, Buffer.from([keyFrame]));
  vi.advanceTimersByTime(20_000);
  requestKeyFrame.mockClear();
  const [forwarder] = outlet.forwarders;
  let number = 10;
  const ask = () => {
    forwarder?.requestKeyFrame();
    // The publisher has a key frame at all times.
    number += 1;
    receiveOf(track, number, Buffer.from([keyFrame]));
    return requestKeyFrame.mock.calls.length;
  };
  const close = () => {
    outlet.close();
    track.close();
  };
  return { ask, close, outlet, requestKeyFrame };
}

test('a player that asks for key frames again and again gets them at growing intervals, at most 8 s', () => {
  withTime(() => {
    const { ask, close } = asking();
    const answeredAtS: number[] = [];
    let before = 0;
    for (let quarters = 0; quarters < 160; quarters += 1) {
      const answered = ask();
      if (answered > before) answeredAtS.push(quarters / 4);
      before = answered;
      vi.advanceTimersByTime(250);
    }
    const intervals = answeredAtS.slice(1).map((at, index) => at - (answeredAtS[index] ?? 0));
    expect(intervals).toEqual([0.5, 1, 2, 4, 8, 8, 8, 8]);
    close();
  });
});

test('a player that has not asked for a key frame for 10 s is answered at once again', () => {
  withTime(() => {
    const { ask, close } = asking();
    for (let count = 0; count < 6; count += 1) {
      ask();
      vi.advanceTimersByTime(9_000);
    }
    const before = ask();
    vi.advanceTimersByTime(10_001);
    expect(ask()).toBe(before + 1);
    vi.advanceTimersByTime(500);
    expect(ask()).toBe(before + 2);
    close();
  });
});

test('packets are sent again 256 times in a burst, and then half as often as others are sent', () => {
  withTime(() => {
    const { track, traffic, outlet, last } = player(true);
    let number = 10;
    const receive = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        number += 1;
        receiveOf(track, number, Buffer.from([keyFrame]));
        vi.advanceTimersByTime(1);
      }
    };
    const lose = (count: number) => {
      const before = traffic.totals.packetsRetransmitted;
      for (let index = 0; index < count; index += 1) {
        const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost: [last()] });
        outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
      }
      return traffic.totals.packetsRetransmitted - before;
    };
    receive(1);
    expect(lose(1_000)).toBe(256);
    expect(lose(10)).toBe(0);
    receive(20);
    expect(lose(100)).toBe(10);
    outlet.close();
    track.close();
  });
});

test('a packet is sent again once in a round trip', () => {
  withTime(() => {
    const { track, traffic, outlet, last } = player(true);
    outlet.path.estimator.receiverReport(0, 200);
    receiveOf(track, 10, Buffer.from([keyFrame]));
    receiveOf(track, 11, Buffer.from([0]));
    const sentAgain = (...lost: readonly number[]) => {
      const before = traffic.totals.packetsRetransmitted;
      const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost: [...lost] });
      outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
      return traffic.totals.packetsRetransmitted - before;
    };
    expect(sentAgain(last())).toBe(1);
    vi.advanceTimersByTime(150);
    expect(sentAgain(last() - 1, last())).toBe(1);
    vi.advanceTimersByTime(50);
    expect(sentAgain(last())).toBe(1);
    outlet.close();
    track.close();
  });
});

test('what was sent of one encoding is not sent again after a switch to another', () => {
  const { track, traffic, outlet, last } = player(true, () => {}, ['low', 'high']);
  const [, high] = track.encodings;
  const [forwarder] = outlet.forwarders;
  forwarder?.select({ spatial: 0, temporal: 0 });
  receiveOf(track, 10, Buffer.from([keyFrame]));
  forwarder?.select({ spatial: 1, temporal: 0 });
  high?.receive(
    { sequenceNumber: 500, timestamp: 1, marker: true, payload: Buffer.from([keyFrame]) },
    performance.now(),
  );
  const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost: [last() - 1, last()] });
  outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
  expect(traffic.totals.packetsRetransmitted).toBe(1);
  outlet.close();
  track.close();
});

test('packets that came before a switch which was called off are of no later one', () => {
  const { track, outlet, last } = player(true, () => {}, ['low', 'high']);
  const [, high] = track.encodings;
  const [forwarder] = outlet.forwarders;
  const receive = (sequenceNumber: number, payload: Buffer) =>
    high?.receive({ sequenceNumber, timestamp: sequenceNumber, marker: true, payload }, performance.now());
  const [lowest, highest] = [0, 1].map((spatial) => ({ spatial, temporal: 0 }));
  forwarder?.select(lowest ?? null);
  receiveOf(track, 10, Buffer.from([keyFrame]));
  forwarder?.select(highest ?? null);
  receive(100, Buffer.from([0]));
  forwarder?.select(lowest ?? null);
  forwarder?.select(highest ?? null);
  // 100 comes after it by its number, as the numbers go round.
  receive(40_000, Buffer.from([keyFrame]));
  const first = last();
  receive(40_001, Buffer.from([0]));
  expect(last() - first).toBe(1);
  outlet.close();
  track.close();
});

test('an SSRC is reported for two more seconds after its last packet, and again after the next', () => {
  const { track, outlet } = player(true);
  Object.assign(track.encodings[0] ?? {}, { clock: { ntp: 1n << 32n, rtpTimestamp: 0, atMs: 0 } });
  const [forwarder] = outlet.forwarders;
  const isReported = (atMs: number) => forwarder?.report(atMs) !== undefined;
  expect(isReported(0)).toBe(false);
  receiveOf(track, 1, Buffer.from([keyFrame]));
  expect([1_000, 2_000, 3_000, 4_000].map(isReported)).toEqual([true, true, false, false]);
  receiveOf(track, 2, Buffer.from([keyFrame]));
  expect(isReported(5_000)).toBe(true);
  outlet.close();
  track.close();
});

test('what was lost on the path before is not sent again on another one', () => {
  const { track, outlet, traffic, last } = player(true);
  const loseLast = () => {
    const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost: [last()] });
    outlet.rtcp(new RtcpTransportLayerFeedback({ feedback }), performance.now());
    return traffic.totals.packetsRetransmitted;
  };
  receiveOf(track, 10, Buffer.from([keyFrame]));
  expect(loseLast()).toBe(1);
  outlet.moved();
  expect(loseLast()).toBe(1);
  receiveOf(track, 11, Buffer.from([keyFrame]));
  expect(loseLast()).toBe(2);
  outlet.close();
  track.close();
});

test('on another path, a key frame is asked for', () =>
  withTime(() => {
    const { requestKeyFrame, outlet, close } = asking();
    outlet.moved();
    vi.advanceTimersByTime(1_000);
    expect(requestKeyFrame).toHaveBeenCalled();
    close();
  }));
