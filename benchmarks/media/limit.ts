import { type Benchmark, digits, median, percent, type Table } from '../report/table.ts';
import { compileNativeSender, nodeSender } from './bareSenders.ts';
import { load } from './load.ts';
import { startSigchart } from './sigchart.ts';

const runs = 3;
const players = [10, 50, 200];
const windowMs = 4_000;

/** Parts of the cost of a packet, in the order of the rows. Microseconds of CPU. */
const parts = [
  'sigchart',
  'sigchartKernel',
  'node',
  'nodeKernel',
  'native',
  'nativeKernel',
  'together',
  'encryption',
] as const;

type Figures = { readonly [Part in (typeof parts)[number]]: number };

const titles: Readonly<Record<(typeof parts)[number], string>> = {
  sigchart: 'Sigchart',
  sigchartKernel: 'of which in the kernel',
  node: 'Node: encrypted and sent, nothing else',
  nodeKernel: 'of which in the kernel',
  native: 'C: encrypted and sent, nothing else',
  nativeKernel: 'of which in the kernel',
  together: 'C: the same on one socket, with one system call for all players',
  encryption: 'C: encrypted, not sent',
};

/** CPU time of a forwarded packet by part, and the least that Node and C need. */
export const limit: Benchmark = {
  name: 'limit',
  title: 'Forwarding, beside the native limit',
  async run(progress) {
    const native = compileNativeSender();
    const found: Figures[][] = players.map(() => []);
    for (let run = 1; run <= runs; run += 1) {
      progress(`run ${run} of ${runs}`);
      const server = await startSigchart();
      const { forwarded } = await load(server, players, windowMs).finally(() => server.stop());
      for (const [index, count] of players.entries()) {
        const node = await nodeSender(count, windowMs);
        const sockets = await native?.(count, windowMs, 'sockets');
        const together = await native?.(count, windowMs, 'together');
        const encryption = await native?.(count, windowMs, 'encrypt');
        const figures = {
          sigchart: forwarded[index]?.packetUs ?? Number.NaN,
          sigchartKernel: forwarded[index]?.systemUs ?? Number.NaN,
          node: node.packetUs,
          nodeKernel: node.systemUs,
          native: sockets?.packetUs ?? Number.NaN,
          nativeKernel: sockets?.systemUs ?? Number.NaN,
          together: together?.packetUs ?? Number.NaN,
          encryption: encryption?.packetUs ?? Number.NaN,
        };
        found[index]?.push(figures);
        progress(`${count} players: ${JSON.stringify(figures)}`);
      }
    }
    const middle = (index: number, part: keyof Figures) => median((found[index] ?? []).map((figures) => figures[part]));
    const share = (part: keyof Figures) =>
      players.map((_, index) => {
        const of = middle(index, part) / middle(index, 'sigchart');
        return Number.isNaN(of) ? '–' : percent(of);
      });
    const rows = parts.map((part) => [titles[part], ...players.map((_, index) => digits(middle(index, part)))]);
    const table: Table = {
      head: ['µs of CPU a packet', ...players.map((count) => `${count} players`)],
      rows: [
        ...rows,
        ['share of the native limit (C) in the cost of Sigchart', ...share('native')],
        ['share of the kernel', ...share('sigchartKernel')],
        ['share of encryption, if done in C', ...share('encryption')],
      ],
      note: `Medians of ${runs} runs in turns, 100 packets a second of 1 200 bytes, AES-GCM, over loopback. Time in the kernel is counted in steps of 10 ms. What remains is JavaScript and Node: receiving and decrypting the publisher's packet, headers, estimation, and the calls into OpenSSL and the kernel.${native === undefined ? ' Rows of C are missing: there is no C compiler, or OpenSSL’s header files (Debian package `libssl-dev`) are not installed.' : ''}`,
    };
    return [table];
  },
};
