import { describe, expect, test } from 'vitest';
import { parseJson } from './lenientJson.ts';

test.each<readonly [string, string, unknown]>([
  ['JSON', '{"a":[1,"x",null,{}]}', { a: [1, 'x', null, {}] }],
  ['a raw line break in a string', '{"a":"x\ny"}', { a: 'x\ny' }],
  ['a raw tab, zero byte and delete in a string', '{"a":"\t\0\u007f"}', { a: '\t\0\u007f' }],
  ['a raw line break in a key', '{"a\nb":1}', { 'a\nb': 1 }],
  ['a backslash that begins no escape', String.raw`{"a":"C:\path\x"}`, { a: String.raw`C:\path\x` }],
  ['a unicode escape that is cut off', String.raw`{"a":"\u12","b":"\u00e4\q"}`, { a: String.raw`\u12`, b: 'ä\\q' }],
  ['escaped quotes and backslashes beside a raw line break', '{"a":"\\"\\\\\n\\\\"}', { a: '"\\\n\\' }],
  ['a comma at the end', '{"a":1,"b":[1,2,],}', { a: 1, b: [1, 2] }],
  ['commas that are too many', '{,"a":1,,"b":[,,1,,2]}', { a: 1, b: [1, 2] }],
  ['commas that are missing', '{"a":1 "b":[1 2 "x"{}[]]"c":{}}', { a: 1, b: [1, 2, 'x', {}, []], c: {} }],
  ['colons that are missing or too many', '{"a" 1,"b"::{"c"[1]}}', { a: 1, b: { c: [1] } }],
  ['zeros before a number', '{"a":007,"b":-00.5,"c":[00]}', { a: 7, b: -0.5, c: [0] }],
  ['surrogates, paired and alone', '{"a":"\u{1f600}\ud800\n"}', { a: '\u{1f600}\ud800\n' }],
  ['a key named __proto__', '{"__proto__":{"a":1},}', JSON.parse('{"__proto__":{"a":1}}')],
])('%s is accepted', (_, text, value) => {
  expect(parseJson(text)).toEqual({ ok: true, value });
});

describe('what is not JSON is refused', () => {
  test.each<readonly [string, string, number, string]>([
    ['nothing', '', 0, 'an object'],
    ['blanks', ' \n', 2, 'an object'],
    ['a word', 'publish s1', 0, 'an object'],
    ['a key without quotes', '{command:"ping"}', 1, 'a key in quotes or "}"'],
    ['a number as a key', '{1:2}', 1, 'a key in quotes or "}"'],
    ['a value without quotes', '{"a":secret}', 5, 'a value'],
    ['single quotes', "{'a':1}", 1, 'a key in quotes or "}"'],
    ['a comment', '{"a":1}//', 7, 'the end'],
    ['two objects', '{"a":1}{"a":1}', 7, 'the end'],
    ['a string after the end', '{} "x"', 3, 'the end'],
    ['a comma after the end', '{},', 2, 'the end'],
    ['no value', '{"a":}', 5, 'a value'],
    ['a comma for a value', '{"a":,"b":1}', 5, 'a value'],
    ['a colon without a key', '{:1}', 1, 'a key in quotes or "}"'],
    ['a colon in an array', '[1:2]', 2, 'a value or "]"'],
    ['the wrong bracket', '{"a":[1}', 7, 'a value or "]"'],
    ['a bracket that nothing opened', ']', 0, 'an object'],
    ['an object that does not end', '{"a":1', 6, 'a key in quotes or "}"'],
    ['a string that does not end', '{"a":"secret', 5, 'the end of the string that begins here'],
    ['a string that ends with a backslash', '{"a":"x\\"', 5, 'the end of the string that begins here'],
    ['a number that ends with a point', '{"a":1.}', 6, 'a key in quotes or "}"'],
    ['NaN', '{"a":NaN}', 5, 'a value'],
    ['a byte order mark', '\ufeff{}', 0, 'an object'],
    ['a space that is none of JSON', '{"a":\u00a01}', 5, 'a value'],
  ])('%s', (_, text, position, expected) => {
    expect(parseJson(text)).toEqual({ ok: false, position, expected });
  });
});

// In more than one pass, each of these takes longer than a test may.
test.each([
  ['opening brackets', '['.repeat(200_000), false],
  ['opening braces with keys', '{"a":'.repeat(100_000), false],
  ['empty strings', `[${'""'.repeat(100_000)}`, false],
  ['escaped quotes in a string without an end', `{"a":"${'\\"'.repeat(100_000)}`, false],
  ['raw line breaks in a string', `{"a":"${'\n'.repeat(200_000)}"}`, true],
  ['strings without an end', `{"a" ${'"a\n" '.repeat(100_000)}"`, false],
  ['pairs without commas', `{${'"a" 1 '.repeat(100_000)}}`, true],
])('a long text of %s is parsed in one pass', (_, text, ok) => {
  expect(parseJson(text)).toMatchObject({ ok });
});
