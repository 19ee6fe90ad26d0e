import { type BareFigures, nodeSender } from './media/bareSenders.ts';
import { load } from './media/load.ts';
import { startSigchart } from './media/sigchart.ts';
import { type Benchmark, digits, type Table } from './report/table.ts';
import { messages } from './signalling/messages.ts';

const players = [1, 10];
const windowMs = 2_000;

/** Sessions whose messages are measured. */
const sessions = 500;

/** Forwarding to few players, and signalling, beside the least that Node needs for it: half a minute, for continuous integration. */
export const shortForm: Benchmark = {
  name: 'short',
  title: 'Short form',
  isOnlyPrinted: true,
  async run(progress) {
    progress('a bare sender');
    const bare: BareFigures[] = [];
    for (const count of players) bare.push(await nodeSender(count, windowMs));
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
    return [table, await messages({ sessions, runs: 1 }, progress)];
  },
};
