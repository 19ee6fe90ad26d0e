import { expect, test } from 'vitest';
import { decodeFragment } from './sdpFragment.ts';

const credentials = 'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n';

test('a fragment of 32 768 code units is read, and a longer one is not', () => {
  const longest = `${credentials}a=`.padEnd(32_767, 'x').concat('\n');
  expect(decodeFragment(longest)).toMatchObject({ ufrag: 'abcd' });
  expect(decodeFragment(`${longest}\n`)).toBeUndefined();
});

test('of the candidates of a fragment 128 are read', () => {
  const candidates = Array.from({ length: 200 }, (_, port) => `a=candidate:1 1 udp 1 192.0.2.1 ${port} typ host\r\n`);
  const read = decodeFragment(credentials + candidates.join(''))?.candidates ?? [];
  expect(read).toHaveLength(128);
  expect(read.at(-1)?.candidate).toContain(' 127 typ');
});
