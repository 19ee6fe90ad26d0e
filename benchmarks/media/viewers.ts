import { setTimeout } from 'node:timers/promises';
import { droppedDatagrams, pin } from '../process.ts';
import { type Benchmark, digits, median, percent, type Table } from '../report/table.ts';
import { Delays } from './delays.ts';
import { Peer, packetsPerSecond } from './peer.ts';
import type { MediaServer } from './server.ts';
import { comparedServers, inTurns } from './servers.ts';
import { cpusBetween, cpuTimes, maxMeasurements, undisturbed, undisturbedShare } from './undisturbed.ts';

const runs = 1;

/** CPUs of the server, and of the load. */
const serverCpu = 0;
const loadCpu = 1;

/** Number of viewers that join between two measurements: many while the server uses less than a share of its CPU. */
const bigStep = 50;
const smallStep = 20;
const calmShare = 0.6;
const maxViewers = 2_000;

const warmUpMs = 5_000;
const settleMs = 1_000;
const drainMs = 500;
const windowMs = 4_000;

/** A number of viewers is served if every packet comes, and this share of them within this time. Milliseconds. */
const timelyShare = 0.99;
const timelyMs = 50;

/** Measurement of a number of viewers. */
interface Step {
  readonly viewers: number;
  /** Packets sent to viewers, less those that came. */
  readonly lost: number;
  /** The share of packets that came in time. */
  readonly timely: number;
  /** Milliseconds within which that share should have come. */
  readonly delayMs: number;
  /** Share of its core that the server used, and that the load used of its own. */
  readonly server: number;
  readonly load: number;
  /** Share of a core that other processes used, of both. */
  readonly others: number;
  /** Datagrams that the load was too slow to read. */
  readonly droppedByLoad: number;
}

const isServed = ({ lost, timely }: Step): boolean => lost <= 0 && timely >= timelyShare;

async function measure(server: MediaServer, publisher: Peer, players: readonly Peer[], delays: Delays): Promise<Step> {
  const received = () => players.reduce((sum, peer) => sum + peer.received, 0);
  const stop = delays.send(publisher);
  await setTimeout(settleMs);
  stop();
  await setTimeout(drainMs);
  delays.reset();
  const before = {
    cpu: cpuTimes(server.pid),
    received: received(),
    sent: publisher.sent,
    dropped: droppedDatagrams(process.pid),
  };
  const stopAgain = delays.send(publisher);
  await setTimeout(windowMs);
  stopAgain();
  const cpus = cpusBetween(before.cpu, cpuTimes(server.pid), windowMs);
  await setTimeout(drainMs);
  return {
    viewers: players.length,
    lost: (publisher.sent - before.sent) * players.length - (received() - before.received),
    timely: delays.shareWithin(timelyMs),
    delayMs: delays.quantile(timelyShare),
    ...cpus,
    droppedByLoad: droppedDatagrams(process.pid) - before.dropped,
  };
}

/** Has ever more viewers join, until packets are lost or late. */
async function ramp(server: MediaServer, progress: (what: string) => void): Promise<readonly Step[]> {
  const publisher = new Peer('sendonly');
  const players: Peer[] = [];
  const delays = new Delays();
  const steps: Step[] = [];
  await server.publish(publisher);
  while (players.length < maxViewers) {
    const share = steps.at(-1)?.server ?? 0;
    const goal = players.length + (share < calmShare ? bigStep : smallStep);
    while (players.length < goal) {
      const player = new Peer('recvonly');
      players.push(player);
      await server.play(player);
      delays.measure(player);
    }
    if (steps.length === 0) {
      const stop = delays.send(publisher);
      await setTimeout(warmUpMs);
      stop();
    }
    const step = await undisturbed(
      server.pid,
      () => measure(server, publisher, players, delays),
      (one) => isServed(one) || one.others < undisturbedShare,
    );
    steps.push(step);
    progress(JSON.stringify(step));
    if (!isServed(step)) break;
  }
  await Promise.all([publisher, ...players].map((peer) => peer.close()));
  return steps;
}

/** The largest number of viewers of one stream of 1 Mbit/s that a server with one CPU serves, beside Janus. */
export const viewers: Benchmark = {
  name: 'viewers',
  title: 'Viewers of one core',
  async run(progress) {
    pin(process.pid, loadCpu);
    const servers = comparedServers();
    const found = await inTurns(servers, runs, progress, (server) => {
      pin(server.pid, serverCpu);
      return ramp(server, progress);
    });
    const rows = servers.map(({ name }, index) => {
      const all = found[index] ?? [];
      const last = all.flatMap((steps) => steps.findLast(isServed) ?? []);
      const failed = all.flatMap((steps) => steps.find((step) => !isServed(step)) ?? []);
      const middle = (steps: readonly Step[], key: keyof Step) => median(steps.map((step) => step[key]));
      return [
        name,
        digits(middle(last, 'viewers')),
        last.map((step) => step.viewers).join(', '),
        percent(middle(last, 'server')),
        percent(middle(last, 'load')),
        digits(middle(last, 'delayMs')),
        `${digits(middle(failed, 'viewers'))}: ${digits(middle(failed, 'lost'))} lost, ${digits(middle(failed, 'droppedByLoad'))} of them by the load; ${digits(middle(failed, 'delayMs'))} ms; server ${percent(middle(failed, 'server'))}, load ${percent(middle(failed, 'load'))}, others ${percent(middle(failed, 'others'))}`,
      ];
    });
    const table: Table = {
      head: [
        'viewers of 1 Mbit/s',
        'served by one core',
        'in each run',
        'share of that core in use',
        'of the core of the load',
        `delay of ${percent(timelyShare)} of the packets, ms`,
        'first number that was too many',
      ],
      rows,
      note: `Medians of ${runs} runs, in which the servers take turns. One publisher sends ${packetsPerSecond} packets a second of 1 200 bytes. The server runs on one core, publisher and viewers on the other. Ever more viewers join, ${bigStep} at a time, and ${smallStep} as soon as the server uses ${percent(calmShare)} of its core. A number is served if none of the packets of ${windowMs / 1_000} s is lost, and ${percent(timelyShare)} come within ${timelyMs} ms. A number that is not served while other processes use more than ${percent(undisturbedShare)} of a core is measured again, up to ${maxMeasurements} times. The load was not the limit if its core had time left and its sockets dropped nothing.`,
    };
    return [table];
  },
};
