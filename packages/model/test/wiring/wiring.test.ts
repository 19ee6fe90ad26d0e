import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checks } from './checks.ts';
import { faults } from './faults.ts';
import { page, pageUrl } from './page.ts';

const core = new URL('../../../core/src/', import.meta.url);

test.each(Object.entries(checks))('the wiring that ships has every property: %s', async (_, check) => {
  expect(await check()).toEqual([]);
});

test('each file of the wiring with code has a fault', async () => {
  const withCode: string[] = [];
  for (const folder of ['app', 'session'])
    for (const name of readdirSync(new URL(`${folder}/`, core))) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts') || name === 'index.ts') continue;
      const file = `${folder}/${name}`;
      if (Object.keys(await import(new URL(file, core).href)).length > 0) withCode.push(file);
    }
  expect([...new Set(faults.map(({ file }) => file))].sort()).toEqual(withCode.sort());
});

test.each(faults.map((fault) => [fault.fault, fault] as const))(
  'the place of "%s" is there, once',
  (_, { file, from, to }) => {
    expect(readFileSync(new URL(file, core), 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  },
);

test('the page lists every fault: run `npm run model:faults -- --write`', () => {
  expect(readFileSync(pageUrl, 'utf8')).toBe(page());
});

test('some faults, put into the wiring, are seen', async () => {
  const script = fileURLToPath(new URL('../../scripts/faults.ts', import.meta.url));
  const options = ['--conditions=@sigchart/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...options, script, '--every', '8'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let report = '';
  child.stdout.on('data', (piece) => {
    report += piece;
  });
  const [code] = await once(child, 'close');
  expect(report).toContain(`${Math.ceil(faults.length / 8)} faults`);
  expect([code, report.includes('✗')], report).toEqual([0, false]);
});
