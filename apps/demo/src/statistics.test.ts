import { expect, test } from 'vitest';
import { type Report, readStatistics } from './statistics.ts';

type Entry = NonNullable<ReturnType<Report['get']>>;

const reportOf = (...entries: readonly Entry[]): Report => new Map(entries.map((entry) => [entry.id, entry]));

const codec = (id: string, mimeType: string): Entry => ({ id, type: 'codec', timestamp: 0, mimeType });

test('statistics of a publisher', () => {
  const video = { id: 'v', type: 'outbound-rtp', kind: 'video', codecId: 'c1', frameWidth: 960, frameHeight: 540 };
  const audio = { id: 'a', type: 'outbound-rtp', kind: 'audio', codecId: 'c2' };
  const codecs = [codec('c1', 'video/VP8'), codec('c2', 'audio/opus')];
  const before = reportOf({ ...audio, timestamp: 0, bytesSent: 0 }, { ...video, timestamp: 0, bytesSent: 1000 });
  const now = reportOf(
    ...codecs,
    { ...audio, timestamp: 1000, bytesSent: 4000 },
    { ...video, timestamp: 1000, bytesSent: 126_000, framesPerSecond: 25, qualityLimitationReason: 'cpu' },
    {
      id: 'p',
      type: 'candidate-pair',
      timestamp: 1000,
      nominated: true,
      state: 'succeeded',
      currentRoundTripTime: 0.02,
    },
  );
  expect(readStatistics(now, before, 'outbound')).toEqual({
    bitrateKbps: 1032,
    width: 960,
    height: 540,
    framesPerSecond: 25,
    codecs: ['VP8', 'opus'],
    roundTripTimeMs: 20,
    limitation: 'cpu',
    packetsLost: undefined,
    jitterMs: undefined,
  });
});

test('losses are summed over a player’s tracks, and the jitter is that of the video', () => {
  const report = reportOf(
    { id: 'a', type: 'inbound-rtp', kind: 'audio', timestamp: 0, bytesReceived: 0, packetsLost: 2, jitter: 0.001 },
    { id: 'v', type: 'inbound-rtp', kind: 'video', timestamp: 0, bytesReceived: 0, packetsLost: 5, jitter: 0.004 },
  );
  const { packetsLost, jitterMs, bitrateKbps } = readStatistics(report, undefined, 'inbound');
  expect(packetsLost).toBe(7);
  expect(jitterMs).toBe(4);
  expect(bitrateKbps).toBeUndefined();
});

test('statistics of a call distinguish sent and received media', () => {
  const report = reportOf(
    { id: 'o', type: 'outbound-rtp', kind: 'video', timestamp: 0, bytesSent: 0, frameWidth: 1280, frameHeight: 720 },
    { id: 'i', type: 'inbound-rtp', kind: 'video', timestamp: 0, bytesReceived: 0, frameWidth: 640, frameHeight: 360 },
  );
  expect(readStatistics(report, undefined, 'outbound').width).toBe(1280);
  expect(readStatistics(report, undefined, 'inbound').width).toBe(640);
});
