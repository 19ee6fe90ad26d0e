import { setTimeout } from 'node:timers/promises';
import { cpuUs } from '../process.ts';
import { Peer, packetsPerSecond } from './peer.ts';
import type { MediaServer } from './server.ts';

/** How long packets flow before they count, and while they do. Milliseconds. */
const settleMs = 1_000;
const defaultWindowMs = 4_000;

/**
 * How fast and how long packets flow to the first players before anything counts, so that V8 compiles what forwards them: it does so after
 * some thousand calls, which is half a minute of an audience of one. Packets a second, and milliseconds.
 */
const warmUpRate = 1_000;
const warmUpMs = 5_000;

/** What one number of players cost. */
interface Forwarded {
  readonly players: number;
  /** Microseconds of CPU for each packet that came to a player. */
  readonly packetUs: number;
  /** How much of what was sent came to the players, 0 to 1. */
  readonly delivered: number;
}

/** What one run cost. */
export interface Load {
  readonly forwarded: readonly Forwarded[];
  /** Milliseconds of CPU for each player that joined. */
  readonly joinMs: number;
}

async function forward(pid: number, publisher: Peer, players: readonly Peer[], windowMs: number): Promise<Forwarded> {
  publisher.start();
  await setTimeout(settleMs);
  const count = () => players.reduce((sum, { received }) => sum + received, 0);
  const before = { cpu: cpuUs(pid), received: count(), sent: publisher.sent };
  await setTimeout(windowMs);
  const received = count() - before.received;
  const sent = publisher.sent - before.sent;
  const packetUs = (cpuUs(pid) - before.cpu) / received;
  publisher.stop();
  return { players: players.length, packetUs, delivered: received / (sent * players.length) };
}

/** Has ever more players play one publisher of {@link packetsPerSecond} packets, who is silent while they join. */
export async function load(server: MediaServer, numbers: readonly number[], windowMs = defaultWindowMs): Promise<Load> {
  const publisher = new Peer('sendonly');
  const players: Peer[] = [];
  try {
    return await measure(server, numbers, publisher, players, windowMs);
  } finally {
    await Promise.all([publisher, ...players].map((peer) => peer.close()));
  }
}

async function measure(
  server: MediaServer,
  numbers: readonly number[],
  publisher: Peer,
  players: Peer[],
  windowMs: number,
): Promise<Load> {
  await server.publish(publisher);
  const forwarded: Forwarded[] = [];
  let joins = 0;
  let joinUs = 0;
  for (const number of numbers) {
    const before = { cpu: cpuUs(server.pid), players: players.length };
    while (players.length < number) {
      const player = new Peer('recvonly');
      players.push(player);
      await server.play(player);
    }
    // The first ones are those for which code is loaded and compiled.
    if (before.players >= 10) {
      joins += number - before.players;
      joinUs += cpuUs(server.pid) - before.cpu;
    }
    if (forwarded.length === 0) {
      publisher.start(Math.max(packetsPerSecond, warmUpRate / number));
      await setTimeout(warmUpMs);
      publisher.stop();
    }
    forwarded.push(await forward(server.pid, publisher, players, windowMs));
  }
  return { forwarded, joinMs: joinUs / joins / 1000 };
}
