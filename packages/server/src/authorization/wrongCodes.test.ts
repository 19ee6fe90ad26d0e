import { expect, test } from 'vitest';
import { WrongCodes } from './wrongCodes.ts';

function counting(remembered?: number) {
  let now = 0;
  const codes = new WrongCodes({ now: () => now, ...(remembered !== undefined && { remembered }) });
  const add = (who: string, times: number) => {
    for (let count = 0; count < times; count += 1) codes.add(who);
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { codes, add, pass };
}

test('after five wrong codes further ones are refused, for 60 s from the first', () => {
  const { codes, add, pass } = counting();
  add('anna', 1);
  pass(50_000);
  add('anna', 3);
  expect(codes.areTooMany('anna')).toBe(false);
  add('anna', 1);
  expect(codes.areTooMany('anna')).toBe(true);
  expect(codes.areTooMany('ben')).toBe(false);
  pass(9_999);
  expect(codes.areTooMany('anna')).toBe(true);
  pass(1);
  expect(codes.areTooMany('anna')).toBe(false);
});

test('the right code ends the count', () => {
  const { codes, add } = counting();
  add('anna', 4);
  codes.forget('anna');
  add('anna', 4);
  expect(codes.areTooMany('anna')).toBe(false);
  add('anna', 1);
  expect(codes.areTooMany('anna')).toBe(true);
});

test('of more subscribers than are remembered, the first is forgotten', () => {
  const { codes, add } = counting(2);
  for (const who of ['anna', 'ben', 'carl']) add(who, 5);
  expect(['anna', 'ben', 'carl'].map((who) => codes.areTooMany(who))).toEqual([false, true, true]);
});
