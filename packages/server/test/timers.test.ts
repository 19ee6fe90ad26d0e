import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as timers from '../../core/src/machines/timer.ts';

const page = readFileSync(new URL('../../../docs/protocol/timers.md', import.meta.url), 'utf8');

/** Rows of the table of timers: a constant, and its milliseconds. */
const rows = [...page.matchAll(/^\| \w+ +\| `(\w+Ms)` +\| ([\d ]+?) +\|/gm)].map(
  ([, name = '', ms = '']) => [name, Number(ms.replaceAll(' ', ''))] as const,
);

test('the table of timers is read', () => {
  expect(rows.length).toBeGreaterThan(15);
});

test.each(rows)('%s is %d, as the protocol says', (name, ms) => {
  expect((timers as Readonly<Record<string, unknown>>)[name]).toBe(ms);
});
