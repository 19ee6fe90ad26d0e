import { expect, test } from 'vitest';
import { destinationOf } from './destination.ts';

const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

test.each([
  ['https://example.org/hook?a=1', 'https://example.org/hook?a=1', {}],
  ['https://user:pass@example.org/hook?a=1', 'https://example.org/hook?a=1', basic('user:pass')],
  ['http://user:p%40ss%3A@example.org/', 'http://example.org/', basic('user:p@ss:')],
  ['http://user@example.org/', 'http://example.org/', basic('user:')],
  ['http://:100%@example.org/', 'http://example.org/', basic(':100%')],
  ['', '', {}],
])('the credentials in "%s" become a header', (address, url, headers) => {
  expect(destinationOf(address)).toEqual({ url, headers });
});
