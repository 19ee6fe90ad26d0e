import { expect, test } from 'vitest';
import { placeOf, textOf } from './place.ts';

test('a place is the same after it was an address', () => {
  for (const place of [
    { view: 'chart' },
    { run: 'r7', view: 'chart' },
    { run: 'a run/with #&=', seq: 12, view: 'log' },
    { machine: '0123456789abcdef', view: 'chart' },
  ] as const)
    expect(placeOf(textOf(place))).toEqual(place);
});

test('an address that makes no sense is the start', () => {
  for (const hash of ['', '#', '#nonsense', '#seq=4', '#run=&seq=x', '#view=elsewhere'])
    expect(placeOf(hash)).toEqual({ view: 'chart' });
});
