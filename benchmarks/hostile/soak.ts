import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSignallingServer, type ServerCounts } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { WebSocket } from 'ws';
import { descriptionOf, messageOf } from './envelopes.ts';
import { Random } from './random.ts';

/** Size of a run. */
export interface SoakOptions {
  /** Sockets that come, say something, and go. */
  readonly sessions: number;
  readonly seed: number;
  readonly progress?: (what: string) => void;
}

/** Resources left after all clients have gone. */
export interface Remains {
  readonly counts: ServerCounts;
  /** Connections of the media that are open. */
  readonly connections: number;
  /** Growth of the heap since a tenth of the sessions had ended. Bytes; needs `--expose-gc`, otherwise 0. */
  readonly heapGrowth: number;
}

/** Number of sockets open at a time. */
const concurrency = 20;

/** Maximum time for closed sockets to end. Milliseconds. */
const patienceMs = 30_000;

const unlimited = {
  messageRate: Number.POSITIVE_INFINITY,
  messageBurst: Number.POSITIVE_INFINITY,
  addressMessageRate: Number.POSITIVE_INFINITY,
  addressMessageBurst: Number.POSITIVE_INFINITY,
};

/** One socket: it says up to a dozen things, some with real descriptions, and leaves in one of the ways there are. */
async function session(url: string, random: Random): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('error', () => {});
  await once(socket, 'open');
  const closed = once(socket, 'close');
  for (let count = random.below(12); count > 0; count -= 1) {
    const message = messageOf(random);
    const sdp = random.next() < 0.5 && 'sdp' in message ? { sdp: descriptionOf(random) } : {};
    socket.send(JSON.stringify({ ...message, ...sdp }));
    if (random.next() < 0.3) await new Promise((resolve) => setTimeout(resolve, random.below(10)));
  }
  if (random.next() < 0.5) socket.terminate();
  else socket.close();
  await closed;
}

const heapBytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** Opens and closes many sockets, and returns what they leave behind. */
export async function soak({ sessions, seed, progress = () => {} }: SoakOptions): Promise<Remains> {
  const media = createMedia();
  const signalling = createSignallingServer({ media, limits: unlimited });
  const http = createServer();
  http.on('upgrade', signalling.upgrade);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/live/websocket`;
  const isEmpty = () => Object.values(signalling.counts).every((count) => count === 0) && media.open.connections === 0;
  const emptied = async () => {
    const until = performance.now() + patienceMs;
    while (!isEmpty() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  let begun = 0;
  const worker = async (random: Random, last: number) => {
    while (begun < last) {
      begun += 1;
      if (begun % 1_000 === 0) progress(`${begun} sessions`);
      await session(url, random);
    }
  };
  const run = async (last: number) => {
    await Promise.all(Array.from({ length: concurrency }, (_, index) => worker(new Random(seed + last + index), last)));
    await emptied();
  };
  await run(Math.ceil(sessions / 10));
  const before = heapBytes();
  await run(sessions);
  const heapGrowth = globalThis.gc === undefined ? 0 : heapBytes() - before;
  const remains = { counts: signalling.counts, connections: media.open.connections, heapGrowth };
  await signalling.close();
  await media.close();
  http.close();
  return remains;
}
