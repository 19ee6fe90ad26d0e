import { type Benchmark, digits, type Table } from '../report/table.ts';
import { type BareFigures, nodeSender } from './bareSenders.ts';
import { load } from './load.ts';
import { startSigchart } from './sigchart.ts';

const players = [1, 10];
const windowMs = 2_000;

/** Forwarding to few players, beside the least that Node needs for it: a quarter of a minute, for continuous integration. */
export const shortForm: Benchmark = {
  name: 'short',
  title: 'Forwarding, short form',
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
    return [table];
  },
};
