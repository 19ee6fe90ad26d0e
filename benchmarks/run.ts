// Runs the benchmarks named on the command line, or all, and writes what they find into RESULTS.md.
import { bitrate } from './chromium/bitrate.ts';
import { links } from './chromium/links.ts';
import { forwarding } from './media/forwarding.ts';
import { joining } from './media/joining.ts';
import { limit } from './media/limit.ts';
import { nodeVersions } from './media/nodeVersions.ts';
import { shape } from './media/shape.ts';
import { viewers } from './media/viewers.ts';
import { record } from './report/results.ts';
import { type Benchmark, markdown } from './report/table.ts';
import { shortForm } from './shortForm.ts';
import { signalling } from './signalling/benchmark.ts';
import { growth } from './signalling/growth.ts';

const benchmarks: readonly Benchmark[] = [
  forwarding,
  joining,
  shape,
  viewers,
  limit,
  nodeVersions,
  bitrate,
  links,
  signalling,
  growth,
  shortForm,
];

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
  if (names.length > 0 ? !names.includes(benchmark.name) : benchmark.isOnlyPrinted) continue;
  const tables = await benchmark.run((what) => process.stderr.write(`${benchmark.name}: ${what}\n`));
  const section = benchmark.isOnlyPrinted
    ? [benchmark.title, ...tables.map(markdown)].join('\n\n')
    : record(benchmark, tables, titles);
  process.stdout.write(`\n## ${section}\n\n`);
}
process.exit(0);
