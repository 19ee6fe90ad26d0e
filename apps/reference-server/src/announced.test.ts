import { expect, test } from 'vitest';
import { announcedAddresses } from './announced.ts';

test('names are resolved, addresses are used as they are, and each is announced once', async () => {
  const addresses = await announcedAddresses(['203.0.113.1', 'localhost', '2001:db8::1', '203.0.113.1']);
  expect(addresses).toContain('203.0.113.1');
  expect(addresses).toContain('2001:db8::1');
  expect(addresses.some((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test('a name without an address is an error that names it', async () => {
  await expect(announcedAddresses(['nobody.invalid'])).rejects.toThrow('"nobody.invalid" has no address');
});
