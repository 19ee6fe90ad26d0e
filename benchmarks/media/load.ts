import { setTimeout } from 'node:timers/promises';
import { cpuUs, systemUs } from '../process.ts';
import { Peer, packetsPerSecond } from './peer.ts';
import type { MediaServer } from './server.ts';

/** Durations of packets before and during the measurement. Milliseconds. */
const settleMs = 1_000;
const defaultWindowMs = 4_000;

/**
 * Rate and duration of packets to the first players before any measurement. V8 compiles the forwarding code only after some
 * thousand calls, which takes half a minute with one player. Packets a second, and milliseconds.
 */
const warmUpRate = 1_000;
const warmUpMs = 5_000;

/** Cost of a number of players. */
interface ForwardingCost {
  readonly players: number;
  /** CPU time for each packet that arrived at a player. Microseconds. */
  readonly packetUs: number;
  /** Part of it that the kernel used. */
  readonly systemUs: number;
  /** Share of the sent packets that arrived at the players, 0 to 1. */
  readonly delivered: number;
}

/** Cost of one run. */
export interface Load {
  readonly forwarded: readonly ForwardingCost[];
  /** Milliseconds of CPU for each player that joined. */
  readonly joinMs: number;
}

async function forward(
  pid: number,
  publisher: Peer,
  players: readonly Peer[],
  windowMs: number,
): Promise<ForwardingCost> {
  publisher.start();
  await setTimeout(settleMs);
  const count = () => players.reduce((sum, { received }) => sum + received, 0);
  const before = { cpu: cpuUs(pid), system: systemUs(pid), received: count(), sent: publisher.sent };
  await setTimeout(windowMs);
  const received = count() - before.received;
  const sent = publisher.sent - before.sent;
  const packetUs = (cpuUs(pid) - before.cpu) / received;
  const kernelUs = (systemUs(pid) - before.system) / received;
  publisher.stop();
  return { players: players.length, packetUs, systemUs: kernelUs, delivered: received / (sent * players.length) };
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
  const forwarded: ForwardingCost[] = [];
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
