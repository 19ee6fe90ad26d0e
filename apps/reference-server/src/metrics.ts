import { performance } from 'node:perf_hooks';
import type { LayerId, Measurement } from '@sigchart/core/machines';
import type { ServerObserver, SignallingServer, Webhooks } from '@sigchart/server';
import type { Media } from '@sigchart/werift';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Sources of the server's metrics. */
interface MetricsSources {
  readonly signalling: Pick<SignallingServer, 'counts'>;
  readonly media: Pick<Media, 'open' | 'traffic'>;
  readonly webhooks: Pick<Webhooks, 'pending'>;
}

/** Counters, and the text that Prometheus reads. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts connections, refusals and failures of publishers and players. */
  readonly observe: ServerObserver;
  /** Counts how long a connection took to its first packet. Milliseconds. */
  firstPacket(direction: 'received' | 'sent', ms: number): void;
  /** Counts an exception by where it was caught. */
  exception(where: string): void;
  /** Counts an attempt to deliver a webhook. */
  webhook(outcome: 'retry' | 'lost'): void;
  /** Adds the gauges of what a server holds. */
  watch(sources: MetricsSources): void;
}

/** Connecting takes some tenths of a second nearby, and some seconds through TURN or over a path that loses packets. Seconds. */
const connectBuckets = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** From audio alone to several large videos. Bits per second. */
const bitrateBuckets = [100_000, 250_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000];

const lossBuckets = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** From the same network to the other side of the world by satellite. Seconds. */
const roundTripBuckets = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 2];

/** Reasons from a fixed list: any other text would create a series of its own. */
const knownReasons = new Set(['failed', 'closed', 'noCommonCodec']);

/**
 * Disables prom-client's event loop metrics, whose timer of 10 ms costs more than everything else of an idle server. This server
 * measures the load of the event loop itself.
 */
const neverMs = 2 ** 31 - 1;

/** Makes the metrics, with those of the process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const connected = new Counter({
    name: 'sigchart_connected_total',
    help: 'Publishers and players whose media connected',
    labelNames: ['role'],
    registers,
  });
  const connectSeconds = new Histogram({
    name: 'sigchart_connect_seconds',
    help: 'From the request of a publisher or player until its media connected',
    labelNames: ['role'],
    buckets: connectBuckets,
    registers,
  });
  const firstPacketSeconds = new Histogram({
    name: 'sigchart_first_packet_seconds',
    help: 'From opening a connection to its first RTP packet, received from a publisher or sent to a player',
    labelNames: ['direction'],
    buckets: connectBuckets,
    registers,
  });
  const failures = new Counter({
    name: 'sigchart_connection_failures_total',
    help: 'Connections that failed, by the step that did, and why',
    labelNames: ['role', 'step', 'reason'],
    registers,
  });
  const estimate = new Histogram({
    name: 'sigchart_player_estimate_bits_per_second',
    help: 'What the path of a player is estimated to carry, of each player every 3 s',
    buckets: bitrateBuckets,
    registers,
  });
  const loss = new Histogram({
    name: 'sigchart_player_loss_ratio',
    help: 'The share of packets to a player that were lost, of each player every 3 s',
    buckets: lossBuckets,
    registers,
  });
  const roundTrip = new Histogram({
    name: 'sigchart_player_round_trip_seconds',
    help: 'The round trip to a player, of each player every 3 s',
    buckets: roundTripBuckets,
    registers,
  });
  const selections = new Counter({
    name: 'sigchart_layer_selections_total',
    help: 'Layers that were chosen for a track of a player, by the reason for the choice',
    labelNames: ['result', 'reason'],
    registers,
  });
  const errors = new Counter({
    name: 'sigchart_errors_sent_total',
    help: 'Errors that clients were answered with, by definition',
    labelNames: ['definition'],
    registers,
  });
  const exceptions = new Counter({
    name: 'sigchart_exceptions_total',
    help: 'Exceptions that were survived, by where they were caught',
    labelNames: ['where'],
    registers,
  });
  const webhooks = new Counter({
    name: 'sigchart_webhook_failures_total',
    help: 'Attempts to deliver a webhook that failed; those that are lost are not tried again',
    labelNames: ['outcome'],
    registers,
  });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const statistic of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
    registry.removeSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`);

  return {
    registry,
    firstPacket: (direction, ms) => firstPacketSeconds.observe({ direction }, ms / 1000),
    exception: (where) => exceptions.inc({ where }),
    webhook: (outcome) => webhooks.inc({ outcome }),
    observe({ address }) {
      const role = address?.role ?? 'socket';
      const startMs = performance.now();
      let hasConnected = false;
      return ({ event, effects }) => {
        if (event.type === 'rtc.connected' && !hasConnected) {
          hasConnected = true;
          connected.inc({ role });
          connectSeconds.observe({ role }, (performance.now() - startMs) / 1000);
        } else if (event.type === 'rtc.failed') {
          const { step, reason } = event as unknown as { readonly step: string; readonly reason: string };
          failures.inc({ role, step, reason: knownReasons.has(reason) ? reason : 'other' });
        }
        if (event.type === 'media.measured') {
          const { measurement } = event as unknown as { readonly measurement: Measurement };
          if (measurement.isReportDue) {
            estimate.observe(measurement.bitrate);
            loss.observe(measurement.loss);
            if (measurement.rttMs > 0) roundTrip.observe(measurement.rttMs / 1000);
          }
        }
        for (const effect of effects) {
          if (effect.type === 'media.selectLayer') {
            const { layer, reason } = effect as unknown as { readonly layer: LayerId | null; readonly reason: string };
            selections.inc({ result: layer === null ? 'paused' : 'sent', reason });
          }
          if (effect.type !== 'signal.send') continue;
          const { message } = effect as unknown as { readonly message: { command: string; definition?: string } };
          if (message.command === 'error') errors.inc({ definition: message.definition ?? '' });
        }
      };
    },
    watch({ signalling, media, webhooks }) {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      const total = (name: string, help: string, read: () => number) =>
        new Counter({
          name,
          help,
          registers,
          collect() {
            this.reset();
            this.inc(read());
          },
        });
      total('sigchart_packets_received_total', 'RTP packets from publishers', () => media.traffic.packetsReceived);
      total('sigchart_bytes_received_total', 'Bytes of their payloads', () => media.traffic.bytesReceived);
      total(
        'sigchart_event_loop_active_seconds_total',
        'How long the event loop was busy: by the second, the share of its time',
        () => performance.eventLoopUtilization().active / 1000,
      );
      total(
        'sigchart_packets_sent_total',
        'RTP packets to players, repeated ones among them',
        () => media.traffic.packetsSent,
      );
      total(
        'sigchart_packets_retransmitted_total',
        'RTP packets that were sent to players again',
        () => media.traffic.packetsRetransmitted,
      );
      total(
        'sigchart_packets_lost_total',
        'RTP packets that players reported as lost',
        () => media.traffic.packetsLost,
      );
      total('sigchart_bytes_sent_total', 'Bytes of their payloads', () => media.traffic.bytesSent);
      total(
        'sigchart_key_frame_requests_total',
        'Key frames asked of publishers',
        () => media.traffic.keyFrameRequests,
      );
      gauge('sigchart_sockets', 'WebSockets that are open', () => signalling.counts.sockets);
      gauge('sigchart_roles', 'Publishers and players, in any state', () => signalling.counts.roles);
      gauge('sigchart_streams', 'Stream ids that are held', () => signalling.counts.streams);
      gauge('sigchart_calls', 'Calls that somebody is in', () => signalling.counts.calls);
      gauge('sigchart_rooms', 'Rooms that somebody is in', () => signalling.counts.rooms);
      gauge('sigchart_connections', 'Peer connections that are open', () => media.open.connections);
      gauge('sigchart_sources', 'Publishers whose packets can be forwarded', () => media.open.sources);
      gauge('sigchart_udp_sockets', 'UDP sockets that are open', () => media.open.sockets);
      gauge('sigchart_webhooks_waiting', 'Webhooks that wait or are being sent', () => webhooks.pending);
    },
  };
}
