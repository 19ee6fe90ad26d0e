import { expect, test } from 'vitest';
import { tokenOf } from './token.ts';

function page(href: string, stored: Record<string, string> = {}) {
  const addresses: string[] = [];
  return {
    addresses,
    stored,
    location: { href },
    history: { replaceState: (_: unknown, __: string, url: string) => void addresses.push(url) },
    localStorage: {
      getItem: (key: string) => stored[key] ?? null,
      setItem: (key: string, value: string) => {
        stored[key] = value;
      },
    },
  };
}

test('a token in the address is kept for the other pages, and leaves the address', () => {
  const first = page('http://localhost:5080/inspector/?token=a%26b&other=1#run=r1');
  expect(tokenOf(first)).toBe('a&b');
  expect(first.addresses).toEqual(['http://localhost:5080/inspector/?other=1#run=r1']);
  const second = page('http://localhost:5080/inspector/', first.stored);
  expect(tokenOf(second)).toBe('a&b');
  expect(second.addresses).toEqual([]);
});

test('without a token in the address or the storage, there is none', () => {
  expect(tokenOf(page('http://localhost:5080/inspector/'))).toBeUndefined();
});
