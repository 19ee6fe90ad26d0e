import { expect, test } from 'vitest';
import { changeOf, shortState } from './state.ts';

const accepted = (negotiation: string, media: unknown) => ({ accepted: { negotiation, media } });

test('a state has a short name: the active state of each region', () => {
  expect(shortState('idle')).toBe('idle');
  expect(shortState({ open: 'alive' })).toBe('open.alive');
  expect(shortState({ open: { deep: 'alive' } })).toBe('open.deep.alive');
  expect(shortState(accepted('stable', { receiving: 'owned' }))).toBe('stable · receiving.owned');
  expect(shortState({})).toBe('');
  expect(shortState({ open: {} })).toBe('open');
});

test('a change names only the changed region', () => {
  const before = accepted('stable', 'connecting');
  expect(changeOf(before, accepted('stable', { receiving: 'owned' }))).toBe('connecting → receiving.owned');
  expect(changeOf(before, before)).toBe('');
  expect(changeOf('deciding', before)).toBe('deciding → stable · connecting');
  expect(changeOf(undefined, 'idle')).toBe('idle');
});
