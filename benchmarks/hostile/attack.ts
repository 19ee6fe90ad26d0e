// Attacks a reference server with and without its limits, and prints the effect on a neighbour. `npm run attack`
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { type ServerProcess, startServer } from './referenceServer.ts';

/** Duration of an attack. Milliseconds. */
const durationMs = 8_000;

const without = ['messageRate', 'messageBurst', 'addressMessageRate', 'addressMessageBurst', 'roles', 'members']
  .map((name) => `${name}=none`)
  .join(',');

async function socketTo({ url }: ServerProcess): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('error', () => {});
  await once(socket, 'open');
  socket.on('message', () => {});
  return socket;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Sends texts as fast as the server takes them. */
async function flood(socket: WebSocket, textOf: (index: number) => string, untilMs: number): Promise<void> {
  for (let index = 0; performance.now() < untilMs && socket.readyState === socket.OPEN; index += 1) {
    socket.send(textOf(index));
    if (index % 200 !== 199) continue;
    while (socket.bufferedAmount > 1_000_000 && performance.now() < untilMs) await pause(5);
    await pause(0);
  }
}

const message = (command: string, fields: object = {}) => JSON.stringify({ command, ...fields });
const ping = message('ping');

/** Attacks. Each resolves when it is over. */
const attacks: Readonly<Record<string, (server: ServerProcess, untilMs: number) => Promise<void>>> = {
  nothing: (_server, untilMs) => pause(untilMs - performance.now()),
  '`ping`, one socket': async (server, untilMs) => flood(await socketTo(server), () => ping, untilMs),
  '`ping`, 50 sockets': async (server, untilMs) => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => socketTo(server)));
    await Promise.all(sockets.map((socket) => flood(socket, () => ping, untilMs)));
  },
  '`publish` and `stop`, one socket': async (server, untilMs) =>
    flood(
      await socketTo(server),
      (index) => message(index % 2 === 0 ? 'publish' : 'stop', { streamId: `s${Math.floor(index / 2)}` }),
      untilMs,
    ),
  '10 000 `publish`, one socket': async (server, untilMs) => {
    const socket = await socketTo(server);
    for (let index = 0; index < 10_000; index += 1) socket.send(message('publish', { streamId: `s${index}` }));
    await pause(untilMs - performance.now());
  },
  'a room of 2 100 with 260 000 characters of `metaData` each': async (server, untilMs) => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => socketTo(server)));
    const metaData = 'm'.repeat(260_000);
    for (let index = 0; index < 2_100 && server.isWell(); index += 1) {
      const socket = sockets[index % 4] as WebSocket;
      if (socket.readyState !== socket.OPEN) break;
      socket.send(message('publish', { streamId: `s${index}`, mainTrack: 'r', metaData }));
      if (index % 20 === 0) await pause(10);
    }
    (await socketTo(server)).send(message('joinRoom', { room: 'r' }));
    await pause(Math.max(1_000, untilMs - performance.now()));
  },
  '60 sockets with an unfinished message of 1.9 MB each': async (server, untilMs) => {
    const sockets = await Promise.all(Array.from({ length: 60 }, () => socketTo(server)));
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x1e, 0x84, 0x80, 0, 0, 0, 0]);
    for (const socket of sockets) {
      const { _socket: connection } = socket as unknown as { readonly _socket: { write(bytes: Buffer): void } };
      connection.write(head);
      connection.write(Buffer.alloc(1_900_000, 'x'));
    }
    await pause(untilMs - performance.now());
  },
};

/** Measures the waits of a neighbour until its function is called. Milliseconds, sorted. */
async function neighbourOf({ url }: ServerProcess): Promise<() => Promise<readonly number[]>> {
  const worker = new Worker(new URL('./neighbour.ts', import.meta.url), { workerData: { url } });
  await once(worker, 'message');
  return async () => {
    worker.postMessage('done');
    const [times] = (await once(worker, 'message')) as [number[]];
    return times.sort((a, b) => a - b);
  };
}

async function measure(name: string, flags: readonly string[]): Promise<string> {
  const server = await startServer(flags);
  try {
    const before = server.residentBytes();
    let most = before;
    const watching = setInterval(() => {
      if (server.isWell()) most = Math.max(most, server.residentBytes());
    }, 100);
    const timesOf = await neighbourOf(server);
    await attacks[name]?.(server, performance.now() + durationMs);
    const times = await timesOf();
    clearInterval(watching);
    const at = (part: number) =>
      (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN).toFixed(1);
    const memory = Math.round((most - before) / 1e6);
    return server.isWell() ? `${at(0.5)} / ${at(0.99)} / ${at(1)} ms, ${memory} MB` : `the server ended, ${memory} MB`;
  } finally {
    await server.stop();
  }
}

process.stdout.write('| Attack | without limits | with limits |\n| --- | --- | --- |\n');
for (const name of Object.keys(attacks)) {
  const unlimited = await measure(name, ['--limits', without]);
  const limited = await measure(name, []);
  process.stdout.write(`| ${name} | ${unlimited} | ${limited} |\n`);
}
process.exit(0);
