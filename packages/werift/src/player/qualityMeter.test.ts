import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { Track } from '../source/track.ts';
import { Traffic, TransportTraffic } from '../transport/traffic.ts';
import type { Transport } from '../transport/transport.ts';
import { Outlet } from './outlet.ts';
import { QualityMeter } from './qualityMeter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a requested measurement comes at once, and many requests cause one', () => {
  const schedule = new Schedule();
  const outlet = new Outlet({ isWritable: true } as Transport, schedule, () => true);
  const meter = new QualityMeter(
    schedule,
    () => [outlet],
    () => true,
    ({ id }) => id,
  );
  const listener = vi.fn();
  meter.onMeasured(listener);
  meter.measure();
  expect(listener).not.toHaveBeenCalled();
  meter.start();
  vi.advanceTimersByTime(1_000);
  listener.mockClear();
  for (let count = 0; count < 100; count += 1) meter.measure();
  vi.advanceTimersByTime(150);
  expect(listener).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_500);
  expect(listener.mock.calls.length).toBeGreaterThan(1);
  meter.stop();
  outlet.close();
});

test.each([0, 200, 400, 600, 800])('an encoding that falls silent %d ms later is left within 0.8 s', (laterMs) => {
  const schedule = new Schedule();
  const codec = { codec: { kind: 'video', name: 'AV1', clockRate: 90_000 }, payloadType: 96, feedback: [] };
  const track = new Track({
    ...{ id: 'v', streamId: 's', mid: '0', rids: ['l', 'h'], requestKeyFrame: () => {} },
    codec: codec as unknown as CodecMapping,
  });
  const transport = { isWritable: true, sendRtp: () => {}, traffic: new TransportTraffic(new Traffic()) };
  const outlet = new Outlet(transport as unknown as Transport, schedule, () => true);
  const extensions = { mid: undefined, transportSequence: undefined, sendTime: undefined };
  outlet.update([{ track, ssrc: 1, payloadType: 96, rtx: undefined, mid: '0', extensions }]);
  const meter = new QualityMeter(
    schedule,
    () => [outlet],
    () => true,
    ({ id }) => id,
  );
  let best: number | undefined;
  meter.onMeasured(({ tracks }) => {
    const layer = tracks[0]?.layers.at(-1);
    if (layer !== undefined) meter.selectLayer('v', layer);
    best = layer?.spatial;
  });
  meter.start();
  let count = 0;
  const receiveFor = (ms: number, encodings: readonly number[]) => {
    for (const end = performance.now() + ms; performance.now() < end; vi.advanceTimersByTime(50)) {
      count += 1;
      if (count % 20 === 0) track.measure(performance.now());
      const packet = { sequenceNumber: count, timestamp: 4_500 * count, marker: true, payload: Buffer.from([8, 1]) };
      for (const encoding of encodings) track.encodings[encoding]?.receive(packet, performance.now());
    }
  };
  receiveFor(5_000 + laterMs, [0, 1]);
  expect(best).toBe(1);
  receiveFor(800, [0]);
  expect(best).toBe(0);
  meter.stop();
  outlet.close();
  track.close();
});

test('a limit that a player no longer states expires', () => {
  const schedule = new Schedule();
  const outlet = new Outlet({ isWritable: true } as Transport, schedule, () => true);
  const meter = new QualityMeter(
    schedule,
    () => [outlet],
    () => true,
    ({ id }) => id,
  );
  const bitrates: number[] = [];
  meter.onMeasured(({ bitrate }) => bitrates.push(bitrate));
  outlet.path.estimator.limit(100_000, performance.now());
  meter.start();
  expect(bitrates).toEqual([100_000]);
  vi.advanceTimersByTime(3_500);
  expect(bitrates.at(-1)).toBe(100_000);
  vi.advanceTimersByTime(6_500);
  expect(bitrates.at(-1)).toBeGreaterThan(100_000);
  meter.stop();
  outlet.close();
});
