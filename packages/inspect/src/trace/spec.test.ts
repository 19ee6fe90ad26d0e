import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { decodeLines } from './line.ts';
import { record } from './record.ts';

const document = readFileSync(new URL('../../../../docs/trace.md', import.meta.url), 'utf8');
const examples = [...document.matchAll(/```jsonl\n([\s\S]*?)```/g)]
  .map(([, text = '']) => text)
  .filter((text) => text.includes('"kind"'));

test('every example of the document is a record, and nothing in it is left out of the schema', () => {
  expect(examples.length).toBeGreaterThan(5);
  for (const text of examples) {
    const { records, illegible } = decodeLines(text);
    expect(illegible).toEqual([]);
    expect(records).toEqual(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
});

test('every kind of record has its example in the document', () => {
  const kinds = record.options.map(({ entries }) => entries.kind.literal);
  expect(new Set(examples.flatMap((text) => decodeLines(text).records.map(({ kind }) => kind)))).toEqual(
    new Set(kinds),
  );
});

test('an invalid line is returned separately, and the others are read', () => {
  const [line = ''] = examples;
  const { records, illegible } = decodeLines(`{"kind":"trace"}\n${line}\nnot JSON\n\n[]`);
  expect(records).toHaveLength(1);
  expect(illegible.map(({ line }) => line)).toEqual([1, 4, 6]);
});

test('a trace of another version is refused', () => {
  expect(v.is(record, { kind: 'trace', version: 2, name: 'later', time: 1 })).toBe(false);
});
