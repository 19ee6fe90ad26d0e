/**
 * Removes the documented limits one at a time, and reports which of them no test misses.
 *
 *     npm run limits                 # every limit
 *     npm run limits -- --every 8    # one of eight: the short form
 *     npm run limits -- --only DTLS  # those whose name matches
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

/** Score below which the run fails. Percent. */
const enough = 90;

/** Time of one run of tests, after which the mutant counts as found: it made something hang. Milliseconds. */
const patienceMs = 300_000;

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, only: { type: 'string', default: '' }, from: { type: 'string' } },
});

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs tests with a limit removed, or with none. Resolves with whether they pass in time. */
function passes(tests: readonly string[], index: number | undefined, timeout = patienceMs): Promise<boolean> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'benchmarks/limits/vitest.config.ts', ...tests];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, SIGCHART_MUTANT: index === undefined ? '' : String(index) },
    timeout,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)));
}

const nameOf = ({ limit, file, from }: Mutant) => `${limit}  [${file}: ${from.trim().split('\n')[0]}]`;

const begin = mutants.findIndex(({ limit }) => values.from === undefined || limit.includes(values.from));
const chosen = [...mutants.entries()].filter(
  ([index, { limit }]) =>
    index >= begin && index % Number(values.every) === 0 && new RegExp(values.only, 'i').test(limit),
);
// A test that fails in any case would seem to miss every limit.
const tests = [...new Set(chosen.flatMap(([, mutant]) => mutant.tests))];
if (!(await passes(tests, undefined, 4 * patienceMs))) {
  console.log(`Tests fail with all limits in place. Run them: npx vitest run ${tests.join(' ')}`);
  process.exit(1);
}

const survivors: Mutant[] = [];
for (const [index, mutant] of chosen) {
  const survived = await passes(mutant.tests, index);
  if (survived) survivors.push(mutant);
  console.log(`${survived ? '✗ not missed' : '✓ missed    '}  ${nameOf(mutant)}`);
}

const score = Math.round((100 * (chosen.length - survivors.length)) / chosen.length);
console.log(
  `\n${chosen.length - survivors.length} of ${chosen.length} removed limits were missed by a test: ${score} %.`,
);
for (const survivor of survivors)
  console.log(`  ${nameOf(survivor)}\n    ${survivor.survives ?? 'No reason is given.'}`);
if (score < enough || survivors.some(({ survives }) => survives === undefined)) process.exitCode = 1;
