import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { cpuSeconds } from './cpu.ts';
import { Participant, type ParticipantOptions } from './participant.ts';

/** Options of `load`. */
export interface LoadRequest {
  readonly address: URL;
  /** Number of streams. */
  readonly publishers: number;
  /** Number of players of each stream. */
  readonly players: number;
  /** Time packets are counted once all have joined. Seconds. */
  readonly seconds: number;
  /** Players that join in a second. */
  readonly rate: number;
  /** Of each stream. Kbit/s. */
  readonly bitrate: number;
  /** Shown by publishers and players alike. */
  readonly token?: string;
  /** The server's process, to measure its CPU time. Linux only. */
  readonly pid?: number;
  readonly insecure: boolean;
}

/** Result of a run. Times are in milliseconds. */
export interface LoadResult {
  readonly publishers: { readonly asked: number; readonly connected: number };
  readonly players: { readonly asked: number; readonly connected: number };
  /** Reason participants did not connect, and how many. */
  readonly failures: Readonly<Record<string, number>>;
  readonly joinsPerSecond: number;
  readonly connectMs: { readonly median: number; readonly p95: number } | undefined;
  readonly seconds: number;
  readonly packets: { readonly sent: number; readonly received: number; readonly expected: number };
  /** CPU time per wall time while packets were counted, 1 for one core: of the server if its process is known, and of this process. */
  readonly cpu: { readonly server: number | undefined; readonly load: number };
  /** CPU time of the server for one packet that arrived. Microseconds. */
  readonly serverUsPerPacket: number | undefined;
}

const isLoopback = ({ hostname }: URL) => /^(?:localhost|127\.|\[::1\])/.test(hostname);

const percentile = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

/** Publishes and plays as requested, and counts what arrives. `told` is called with lines about the progress. */
export async function load(request: LoadRequest, told: (line: string) => void): Promise<LoadResult> {
  const { address, publishers, players, seconds, rate, bitrate, token, pid, insecure } = request;
  const run = randomBytes(4).toString('hex');
  const all: Participant[] = [];
  const add = (role: ParticipantOptions['role'], stream: number) => {
    const participant = new Participant({
      address,
      role,
      streamId: `load-${run}-${stream}`,
      token,
      kbps: bitrate,
      insecure,
      loopback: isLoopback(address),
    });
    all.push(participant);
    return participant;
  };
  try {
    const publishing = Array.from({ length: publishers }, (_, index) => add('publisher', index));
    await Promise.all(publishing.map((each) => each.join()));
    const live = publishing.filter(({ connectedAfterMs }) => connectedAfterMs !== undefined);
    told(`${live.length} of ${publishers} publishers are connected`);

    const begin = performance.now();
    const viewers: Participant[] = [];
    const joins: Promise<void>[] = [];
    for (let index = 0; index < players * publishers; index += 1) {
      await setTimeout(Math.max(0, begin + (index * 1_000) / rate - performance.now()));
      const viewer = add('player', index % publishers);
      viewers.push(viewer);
      joins.push(viewer.join());
    }
    await Promise.all(joins);
    const joinedMs = performance.now() - begin;
    const connected = viewers.filter(({ connectedAfterMs }) => connectedAfterMs !== undefined);
    told(`${connected.length} of ${viewers.length} players are connected`);

    const count = () => ({
      sent: publishing.reduce((sum, { video }) => sum + (video?.sent ?? 0), 0),
      received: connected.reduce((sum, { arrivals }) => sum + arrivals.received, 0),
      expected: connected.reduce((sum, { arrivals }) => sum + arrivals.expected, 0),
      server: pid === undefined ? undefined : cpuSeconds(pid),
      load: process.cpuUsage(),
      at: performance.now(),
    });
    const before = count();
    await setTimeout(seconds * 1_000);
    const after = count();
    const elapsed = (after.at - before.at) / 1_000;
    const own = process.cpuUsage(before.load);
    const received = after.received - before.received;
    const server = after.server === undefined || before.server === undefined ? undefined : after.server - before.server;

    const failures: Record<string, number> = {};
    for (const { connectedAfterMs, failure = 'no media' } of all)
      if (connectedAfterMs === undefined) failures[failure] = (failures[failure] ?? 0) + 1;
    const times = connected.map(({ connectedAfterMs = 0 }) => connectedAfterMs).sort((one, other) => one - other);
    return {
      publishers: { asked: publishers, connected: live.length },
      players: { asked: viewers.length, connected: connected.length },
      failures,
      joinsPerSecond: viewers.length === 0 ? 0 : connected.length / (joinedMs / 1_000),
      connectMs: times.length === 0 ? undefined : { median: percentile(times, 0.5), p95: percentile(times, 0.95) },
      seconds: elapsed,
      packets: { sent: after.sent - before.sent, received, expected: after.expected - before.expected },
      cpu: {
        server: server === undefined ? undefined : server / elapsed,
        load: (own.user + own.system) / 1e6 / elapsed,
      },
      serverUsPerPacket: server === undefined || received === 0 ? undefined : (server * 1e6) / received,
    };
  } finally {
    await Promise.all(all.map((participant) => participant.close()));
  }
}
