// Runs the benchmarks named on the command line, or all, and writes what they find into RESULTS.md.
import { bitrate } from './chromium/bitrate.ts';
import { forwarding } from './media/forwarding.ts';
import { nodeVersions } from './media/nodeVersions.ts';
import { record } from './report/results.ts';
import type { Benchmark } from './report/table.ts';
import { signalling } from './signalling/benchmark.ts';

const benchmarks: readonly Benchmark[] = [forwarding, nodeVersions, bitrate, signalling];

const names = process.argv.slice(2);
const unknown = names.filter((name) => benchmarks.every((benchmark) => benchmark.name !== name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no ${unknown.join(', ')}. There is: ${benchmarks.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(1);
}

const titles = benchmarks.map(({ title }) => title);
for (const benchmark of benchmarks) {
  if (names.length > 0 && !names.includes(benchmark.name)) continue;
  const tables = await benchmark.run((what) => process.stderr.write(`${benchmark.name}: ${what}\n`));
  process.stdout.write(`\n## ${record(benchmark, tables, titles)}\n\n`);
}
process.exit(0);
