import { setTimeout } from 'node:timers/promises';
import { type Benchmark, digits, median, percent, type Table } from '../report/table.ts';
import { audioPacketsPerSecond, Peer, packetsPerSecond } from './peer.ts';
import type { MediaServer } from './server.ts';
import { comparedServers, inTurns } from './servers.ts';
import { cpusBetween, cpuTimes, maxMeasurements, undisturbed, undisturbedShare } from './undisturbed.ts';

const runs = 3;

const rooms = 10;
const members = 4;
const streams = 50;

/** Duration of the packets before the first measurement, in which V8 compiles, and before each. Milliseconds. */
const warmUpMs = 5_000;
const settleMs = 1_500;

/** Time until every packet that was sent has been forwarded. Milliseconds. */
const drainMs = 500;

const windowMs = 5_000;

/** Interval at which packets are sent, each time those of a fraction of the publishers. Milliseconds. */
const tickMs = 2;
const videoTicks = 1_000 / packetsPerSecond / tickMs;
const audioTicks = 1_000 / audioPacketsPerSecond / tickMs;

/** A publisher, and the number of players that its packets are forwarded to. */
interface Publisher {
  readonly peer: Peer;
  readonly players: number;
}

/** Peers of one shape. */
interface Group {
  readonly publishers: Publisher[];
  readonly players: Peer[];
}

/** Result of one measurement. */
interface Figures {
  /** Microseconds of CPU. */
  readonly packetUs: number;
  /** Milliseconds of CPU a second. */
  readonly memberMs: number;
  /** Packets a second that came to players. */
  readonly rate: number;
  readonly delivered: number;
  /** CPUs that the server, the load and other processes used. */
  readonly server: number;
  readonly load: number;
  readonly others: number;
}

/** The publishers take turns, as they are not in step in reality. */
function sendAll(publishers: readonly Publisher[]): () => void {
  const begin = performance.now();
  let ticks = 0;
  const timer = setInterval(() => {
    for (; ticks * tickMs < performance.now() - begin; ticks += 1)
      for (const [index, { peer }] of publishers.entries()) {
        if ((ticks + index) % videoTicks === 0) peer.send('video');
        if ((ticks + index) % audioTicks === 0) peer.send('audio');
      }
  }, tickMs);
  return () => clearInterval(timer);
}

async function measureOnce(pid: number, groups: readonly Group[], people: number, beforeMs: number): Promise<Figures> {
  const publishers = groups.flatMap((group) => group.publishers);
  const players = groups.flatMap((group) => group.players);
  const received = () => players.reduce((sum, peer) => sum + peer.received, 0);
  const expected = () => publishers.reduce((sum, { peer, players: count }) => sum + peer.sent * count, 0);
  const settle = sendAll(publishers);
  await setTimeout(beforeMs);
  settle();
  // Nothing is on its way when counting begins, nor when it ends: each packet is counted.
  await setTimeout(drainMs);
  const before = { cpu: cpuTimes(pid), received: received(), expected: expected() };
  const stop = sendAll(publishers);
  await setTimeout(windowMs);
  stop();
  const cpus = cpusBetween(before.cpu, cpuTimes(pid), windowMs);
  await setTimeout(drainMs);
  const count = received() - before.received;
  return {
    packetUs: (cpus.server * windowMs * 1_000) / count,
    memberMs: (cpus.server * 1_000) / people,
    rate: (1_000 * count) / windowMs,
    delivered: count / (expected() - before.expected),
    ...cpus,
  };
}

const measure = (pid: number, ...args: readonly [readonly Group[], number, number]): Promise<Figures> =>
  undisturbed(pid, () => measureOnce(pid, ...args));

/** Connects members of rooms. Each sends its own tracks on one connection and gets those of all others on another. */
async function openRooms(server: MediaServer): Promise<Group> {
  const group: Group = { publishers: [], players: [] };
  for (let index = 0; index < rooms; index += 1) {
    const ids = Array.from({ length: members }, (_, member) => `room${index}-member${member}`);
    for (const id of ids) {
      const peer = new Peer('sendonly', ['audio', 'video']);
      group.publishers.push({ peer, players: members - 1 });
      await server.publish(peer, id, `room${index}`);
    }
    for (const id of ids) {
      const peer = new Peer('recvonly');
      group.players.push(peer);
      await server.play(peer, `room${index}`, id);
    }
  }
  return group;
}

/** Connects the publisher and the player of each of many streams. */
async function openStreams(server: MediaServer): Promise<Group> {
  const group: Group = { publishers: [], players: [] };
  for (let index = 0; index < streams; index += 1) {
    const publisher = new Peer('sendonly', ['audio', 'video']);
    group.publishers.push({ peer: publisher, players: 1 });
    await server.publish(publisher, `stream${index}`);
    const player = new Peer('recvonly');
    group.players.push(player);
    await server.play(player, `stream${index}`);
  }
  return group;
}

const close = async ({ publishers, players }: Group): Promise<void> => {
  await Promise.all([...publishers.map(({ peer }) => peer), ...players].map((peer) => peer.close()));
};

const roomPeople = rooms * members;
const streamPeople = 2 * streams;

/** Shapes in the order in which they are measured. */
const shapes = [
  `${rooms} rooms of ${members} members`,
  `these and ${streams} one-to-one streams`,
  `${streams} one-to-one streams`,
];

async function run(server: MediaServer): Promise<readonly Figures[]> {
  const { pid } = server;
  const inRooms = await openRooms(server);
  const roomFigures = await measure(pid, [inRooms], roomPeople, warmUpMs);
  const apart = await openStreams(server);
  const allFigures = await measure(pid, [inRooms, apart], roomPeople + streamPeople, settleMs);
  await close(inRooms);
  const streamFigures = await measure(pid, [apart], streamPeople, settleMs);
  await close(apart);
  return [roomFigures, allFigures, streamFigures];
}

const middle = (all: readonly (Figures | undefined)[], key: keyof Figures): number =>
  median(all.flatMap((figures) => figures?.[key] ?? []));

/** CPU time of a packet and of a member where there are many publishers with few players each, beside Janus. */
export const shape: Benchmark = {
  name: 'shape',
  title: 'The usual shape',
  async run(progress) {
    const servers = comparedServers();
    const found = await inTurns(servers, runs, progress, async (server) => {
      const figures = await run(server);
      progress(JSON.stringify(figures));
      return figures;
    });
    const rows = shapes.flatMap((title, index) =>
      servers.map(({ name }, place) => {
        const all = (found[place] ?? []).map((each) => each[index]);
        return [
          `${title}: ${name}`,
          digits(middle(all, 'packetUs')),
          digits(middle(all, 'memberMs')),
          digits(middle(all, 'rate')),
          digits(middle(all, 'server')),
          `${(100 * middle(all, 'delivered')).toFixed(2)} %`,
        ];
      }),
    );
    const table: Table = {
      head: [
        'CPU of the server',
        'µs a forwarded packet',
        'ms a second and member',
        'packets forwarded a second',
        'CPUs',
        'packets that came',
      ],
      rows,
      note: `Medians of ${runs} runs, in which the servers take turns. Each publisher sends ${audioPacketsPerSecond} audio packets a second of 120 bytes, and ${packetsPerSecond} of video of 1 200 bytes. A member of a room publishes on one connection and gets the tracks of the ${members - 1} others on another; the two ends of a one-to-one stream count as a member each. Every packet that was sent in ${windowMs / 1_000} s is counted at every player. What is measured while other processes use more than ${percent(undisturbedShare)} of a CPU is measured again, up to ${maxMeasurements} times. Players send no feedback and decrypt nothing.`,
    };
    return [table];
  },
};
