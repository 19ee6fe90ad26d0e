import { readFileSync } from 'node:fs';
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

test('a trace of another version is refused with what to do', () => {
  const { records, illegible } = decodeLines(
    [1, 3].map((version) => JSON.stringify({ kind: 'trace', version, name: 'server', time: 1 })).join('\n'),
  );
  expect(records).toEqual([]);
  expect(illegible).toEqual([
    { line: 1, reason: 'a trace of version 1, and only version 2 can be read: record it again' },
    { line: 2, reason: 'a trace of version 3, and only version 2 can be read: record it again' },
  ]);
});
