import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** First cells of the tables whose first heading is `Limit`. */
function documented(): readonly string[] {
  const rows = file('docs/limits.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const limits: string[] = [];
  let isLimit = false;
  for (const row of rows) {
    const [, first = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (first === 'Limit' || first === 'What') isLimit = first === 'Limit';
    else if (isLimit && !/^-+$/.test(first)) limits.push(first);
  }
  return [...new Set(limits)];
}

test('every documented limit is removed by a mutant', () => {
  const limits = documented();
  expect(limits.length).toBeGreaterThan(80);
  const removed = mutants.map(({ limit }) => limit);
  expect(limits.filter((limit) => !removed.includes(limit))).toEqual([]);
});

test.each(mutants.map((mutant) => [`${mutant.limit} ${mutant.from}`, mutant] as const))(
  'the place of "%s" is there, once, and so are its tests',
  (_, { file: path, from, to, tests }) => {
    expect(file(path).split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
    expect(tests.filter((test) => !existsSync(new URL(`../../${test}`, import.meta.url)))).toEqual([]);
  },
);
