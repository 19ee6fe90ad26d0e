import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionsOfServe } from './configuration.ts';
import { defaultLimits } from './limits.ts';
import { optionPage } from './optionPage.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The table without the spaces that align it, which differ with the tool that formats the page. */
const cells = (text: string) => text.replace(/ *\| */g, '|').replace(/-{3,}/g, '---');

test('docs/options.md has every option and limit as the server reads it (`npm run options`)', () => {
  expect(cells(read('docs/options.md'))).toBe(cells(optionPage()));
});

test.each([
  'docs/operate.md',
  'docs/limits.md',
  'docs/whip.md',
  'docs/security.md',
  'docs/networks.md',
  'docs/rest.md',
])('%s names no flag that does not exist', (path) => {
  const known = new Set(['--help', ...optionsOfServe().map(({ long }) => long)]);
  const flags = [...read(path).matchAll(/(?<=[\s`(])--[a-z][a-z-]+/g)].map(([flag]) => flag);
  expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
});

/** A value as people write it. */
function written(name: string, value: number): string {
  if (name.endsWith('Bytes')) return `${value / 1024 ** 2} MiB`;
  if (name.endsWith('Ms')) return `${value / 1_000} s`;
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

test.each(Object.entries(defaultLimits))('docs/limits.md has the default of limits.%s', (name, value) => {
  const row = read('docs/limits.md')
    .split('\n')
    .find((line) => line.startsWith('|') && line.includes(`\`limits.${name}\``));
  expect(row).toContain(written(name, value));
});

test.each(['deploy/Dockerfile', 'deploy/compose.yaml'])('%s sets no variable that the server does not read', (path) => {
  const variables = optionsOfServe().map(({ envVar }) => envVar);
  const own = [...read(path).matchAll(/^(?:ENV|\s{6}(?=[A-Z_]+: ))\s*(.*)$/gm)].flatMap(([, line = '']) =>
    [...line.matchAll(/\b([A-Z_]{4,})(?==|: )/g)].map(([, name]) => name),
  );
  expect(own).not.toEqual([]);
  expect(own.filter((name) => name !== 'NODE_ENV' && !variables.includes(name))).toEqual([]);
});
