import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Benchmark, digits, type Table } from '../report/table.ts';
import { load } from './load.ts';
import { startSigchart } from './sigchart.ts';

const players = [1, 10];
const windowMs = 2_000;
const program = fileURLToPath(new URL('bareSender.ts', import.meta.url));

interface BareFigures {
  readonly packetUs: number;
  readonly systemUs: number;
}

async function openReceiver(): Promise<Socket> {
  const socket = createSocket('udp4', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** Cost of encryption and sending alone. */
async function bareSender(count: number): Promise<BareFigures> {
  const receivers = await Promise.all(Array.from({ length: count }, openReceiver));
  const ports = receivers.map((socket) => String(socket.address().port));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, String(count), String(windowMs), ...ports],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  await once(child, 'close');
  for (const socket of receivers) socket.close();
  return JSON.parse(output);
}

/** Forwarding to few players, beside the least that Node needs for it: a quarter of a minute, for continuous integration. */
export const shortForm: Benchmark = {
  name: 'short',
  title: 'Forwarding, short form',
  isOnlyPrinted: true,
  async run(progress) {
    progress('a bare sender');
    const bare: BareFigures[] = [];
    for (const count of players) bare.push(await bareSender(count));
    progress('Sigchart');
    const server = await startSigchart();
    const { forwarded } = await load(server, players, windowMs).finally(() => server.stop());
    const table: Table = {
      head: ['µs of CPU a packet', ...players.map((number) => `${number} player${number > 1 ? 's' : ''}`)],
      rows: [
        ['Sigchart', ...forwarded.map(({ packetUs }) => digits(packetUs))],
        ['encrypted and sent by Node, nothing else', ...bare.map(({ packetUs }) => digits(packetUs))],
        ['of which in the kernel', ...bare.map(({ systemUs }) => digits(systemUs))],
        ['ratio', ...forwarded.map(({ packetUs }, index) => digits(packetUs / (bare[index]?.packetUs ?? Number.NaN)))],
      ],
      note: 'One run, 100 packets a second of 1 200 bytes. Read the ratio; the machine has other numbers each time.',
    };
    return [table];
  },
};
