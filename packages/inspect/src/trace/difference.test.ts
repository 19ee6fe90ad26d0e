import { expect, test } from 'vitest';
import { differenceOf, patched } from './difference.ts';

const pairs: readonly (readonly [unknown, unknown])[] = [
  [{}, { a: 1 }],
  [
    { a: 1, b: { c: [1, 2, 3] } },
    { b: { c: [1, 9] }, d: null },
  ],
  [[], [1, 2, [3]]],
  [[1, 2, 3], []],
  [{ 'a/b': 1, '~c': 2 }, { 'a/b': 2 }],
  [{ a: [] }, { a: {} }],
  [null, { a: 1 }],
  ['text', 7],
  [{ list: [{ id: 1 }, { id: 2 }] }, { list: [{ id: 1, name: 'x' }, { id: 2 }, { id: 3 }] }],
  [JSON.parse('{"a":1}'), JSON.parse('{"a":1,"__proto__":{"b":1}}')],
];

test('a difference leads from one value to the other', () => {
  for (const [before, after] of pairs) {
    const kept = JSON.stringify(before);
    expect(JSON.stringify(patched(before, differenceOf(before, after)))).toBe(JSON.stringify(after));
    expect(JSON.stringify(before)).toBe(kept);
  }
});

test('a difference contains only changes', () => {
  const list = [1, 2];
  expect(differenceOf({ list, name: 'a' }, { list, name: 'b' })).toEqual([
    { op: 'replace', path: '/name', value: 'b' },
  ]);
  expect(differenceOf({ list }, { list: [1, 2, 3] })).toEqual([{ op: 'add', path: '/list/-', value: 3 }]);
  expect(differenceOf({ list }, { list })).toEqual([]);
});

test('a step that leads nowhere changes nothing', () => {
  const value = { a: [1] };
  expect(patched(value, [{ op: 'replace', path: '/a/7', value: 1 }])).toEqual(value);
  expect(patched(value, [{ op: 'add', path: '/a/x', value: 1 }])).toEqual(value);
  expect(patched(value, [{ op: 'add', path: '/a/0/deep', value: 1 }])).toEqual(value);
});
