// `npm run fuzz` and `npm run soak`: the tests of this folder at length. `-- --long` takes some hours; `-- --seed 7` tries something else.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { soak } from './soak.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } },
});
const { long } = values;
const seed = Number(values.seed ?? 1);
const progress = (what: string) => process.stderr.write(`${what}\n`);

if (positionals[0] === 'fuzz') {
  await fuzz({ envelopes: long ? 200_000 : 20_000, descriptions: long ? 20_000 : 1_000, seed, progress });
  process.stdout.write('the server bore everything\n');
} else {
  const remains = await soak({ sessions: long ? 20_000 : 1_000, seed, progress });
  process.stdout.write(`${JSON.stringify(remains)}\n`);
  if ([remains.connections, ...Object.values(remains.counts)].some((count) => count > 0)) process.exit(1);
}
process.exit(0);
