import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const metrics = createMetrics();
metrics.watch({
  signalling: { counts: { sockets: 1, roles: 2, streams: 3, calls: 4, rooms: 5 } },
  media: {
    open: { connections: 6, sources: 7, sockets: 8 },
    traffic: {
      packetsReceived: 10,
      bytesReceived: 11,
      packetsSent: 12,
      bytesSent: 13,
      packetsRetransmitted: 15,
      packetsLost: 16,
      keyFrameRequests: 14,
    },
  },
  webhooks: { pending: 9 },
});
const names = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
const own = names.filter((name) => name.startsWith('sigchart_'));

test('the dashboard asks for nothing that is not there, and for all that is', () => {
  const asked = [...read('deploy/grafana.json').matchAll(/\b(?:sigchart|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_bucket$/, ''),
  );
  expect(asked.filter((name) => !names.includes(name))).toEqual([]);
  expect(own.filter((name) => !asked.includes(name))).toEqual([]);
});

test('the documentation lists every metric', () => {
  const text = read('docs/operate.md');
  expect(own.filter((name) => !text.includes(name))).toEqual([]);
});

test('totals are those of the media, however often they are read', async () => {
  await metrics.registry.metrics();
  expect(await metrics.registry.metrics()).toMatch(/^sigchart_packets_sent_total 12$/m);
});

test('a reason with free text gets no series of its own', async () => {
  const listener = metrics.observe({ app: 'live', socket: 1, address: { role: 'player', streamId: 'one' } });
  for (const reason of ['failed', 'a text of somebody', 'another'])
    listener({ event: { type: 'rtc.failed', step: 'connection', reason }, effects: [] } as never);
  const text = await metrics.registry.getSingleMetricAsString('sigchart_connection_failures_total');
  expect(text).toContain('{role="player",step="connection",reason="failed"} 1');
  expect(text).toContain('{role="player",step="connection",reason="other"} 2');
});

test('the estimate of a player is counted once per report to its client', async () => {
  const listener = metrics.observe({ app: 'live', socket: 1, address: { role: 'player', streamId: 'one' } });
  const measured = { bitrate: 600_000, throughput: 500_000, rttMs: 80, loss: 0.03, tracks: [] };
  const [sent, paused] = [{ spatial: 0, temporal: 0 }, null].map((layer) => ({
    type: 'media.selectLayer',
    trackId: 'v',
    layer,
    reason: 'bandwidth',
  }));
  for (const isReportDue of [true, false])
    listener({
      event: { type: 'media.measured', measurement: { ...measured, isReportDue } },
      effects: isReportDue ? [sent] : [paused],
    } as never);
  const text = await metrics.registry.metrics();
  expect(text).toContain('sigchart_player_estimate_bits_per_second_bucket{le="500000"} 0');
  expect(text).toContain('sigchart_player_estimate_bits_per_second_bucket{le="1000000"} 1');
  expect(text).toContain('sigchart_player_loss_ratio_sum 0.03');
  expect(text).toContain('sigchart_player_round_trip_seconds_sum 0.08');
  expect(text).toContain('sigchart_layer_selections_total{result="sent",reason="bandwidth"} 1');
  expect(text).toContain('sigchart_layer_selections_total{result="paused",reason="bandwidth"} 1');
});
