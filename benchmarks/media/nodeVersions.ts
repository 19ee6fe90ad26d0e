import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type Benchmark, digits, type Table } from '../report/table.ts';
import { type Load, load } from './load.ts';
import { startSigchart } from './sigchart.ts';

const players = [10, 50];

/** The first version that runs TypeScript natively, and each with long-term support since. */
const versions = ['22', '24', '26'];

/** The program of a version of Node, from the npm package `node`. */
const programOf = (version: string): string =>
  execFileSync('npx', ['--yes', `node@${version}`, '-p', 'process.execPath'], {
    cwd: tmpdir(),
    encoding: 'utf8',
  }).trim();

const row = (version: string, { forwarded, joinMs }: Load): readonly string[] => [
  `Node ${version}`,
  ...forwarded.map(({ packetUs }) => digits(packetUs)),
  digits(joinMs),
];

/** Cost of forwarding on other versions of Node. */
export const nodeVersions: Benchmark = {
  name: 'node',
  title: 'Versions of Node',
  async run(progress) {
    const rows: (readonly string[])[] = [];
    for (const version of versions) {
      progress(`Node ${version}`);
      const node = programOf(version);
      const server = await startSigchart({ node });
      const exact = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
      rows.push(row(exact, await load(server, players)));
      await server.stop();
    }
    const table: Table = {
      head: ['µs of CPU a forwarded packet', ...players.map((number) => `${number} players`), 'ms of CPU a join'],
      rows,
      note: 'One run each, the server under that version, the load under the pinned one. Node 20 is missing: it does not run TypeScript.',
    };
    return [table];
  },
};
