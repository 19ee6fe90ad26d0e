import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { proxiesOf, remoteAddressWith, type TrustedProxies } from './remoteAddress.ts';

const address = (
  trust: readonly string[] | undefined,
  remoteAddress: string,
  headers: Record<string, string> = {},
  header: TrustedProxies['header'] = 'x-forwarded-for',
) =>
  remoteAddressWith(trust && { proxies: proxiesOf(trust), header })({
    headers,
    socket: { remoteAddress },
  } as unknown as IncomingMessage);

const through = (value: string) => ({ 'x-forwarded-for': value });

test('without proxies, the address of the connection counts, whatever the headers', () => {
  expect(address(undefined, '192.0.2.1', through('127.0.0.1'))).toBe('192.0.2.1');
  expect(address(undefined, '::ffff:192.0.2.1')).toBe('192.0.2.1');
});

test.each([
  ['a client that comes directly', '192.0.2.1', '203.0.113.1', '192.0.2.1'],
  ['the last that the proxy names', '127.0.0.1', '203.0.113.1', '203.0.113.1'],
  ['not what a client claims in front of that', '127.0.0.1', '203.0.113.1, 198.51.100.1', '198.51.100.1'],
  ['a client behind two proxies', '127.0.0.1', '198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['the same over a socket of both families', '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['an address with its port', '127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['an IPv6 address in brackets', '::1', '[2001:db8::1]:4711', '2001:db8::1'],
  ['the proxy where it tells none', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['the last proxy where one further away tells none', '127.0.0.1', 'unknown, 10.0.0.1', '10.0.0.1'],
])('behind proxies of known addresses: %s', (_, from, header, expected) => {
  expect(address(['loopback', '10.0.0.0/8'], from, through(header))).toBe(expected);
});

test('behind a number of proxies, as many entries count', () => {
  expect(address(['1'], '192.0.2.9', through('203.0.113.1, 198.51.100.1'))).toBe('198.51.100.1');
  expect(address(['2'], '192.0.2.9', through('203.0.113.1, 198.51.100.1, 10.0.0.1'))).toBe('198.51.100.1');
  expect(address(['2'], '192.0.2.9', through('198.51.100.1'))).toBe('198.51.100.1');
});

test.each([
  ['for=198.51.100.1;proto=https;by=203.0.113.43', '198.51.100.1'],
  ['for=203.0.113.1, For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
  ['proto=https;for="198.51.100.1:80"', '198.51.100.1'],
  ['for=_hidden', '127.0.0.1'],
])('the standard header, when that is the one: %s', (value, expected) => {
  const headers = { forwarded: value, ...through('192.0.2.66') };
  expect(address(['loopback'], '127.0.0.1', headers, 'forwarded')).toBe(expected);
  expect(address(['loopback'], '127.0.0.1', headers)).toBe('192.0.2.66');
});

test.each(['0', '-1', '100', 'example.org', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', ''])(
  '"%s" is refused',
  (entry) => {
    expect(() => proxiesOf([entry])).toThrow('neither');
  },
);

test.each([
  ['for=', ' '],
  ['', 'for=;'],
  ['', '; '],
  [';', ' '],
  ['for="', '"'],
])('a header of %j and many %j takes time that is linear in its length', (start, unit) => {
  const time = (length: number) => {
    const headers = { forwarded: `${start}${unit.repeat(length / unit.length)}"` };
    const times = Array.from({ length: 5 }, () => {
      const before = performance.now();
      address(['loopback'], '127.0.0.1', headers, 'forwarded');
      return performance.now() - before;
    });
    return Math.min(...times);
  };
  // A quadratic pattern takes 64 times as long, and seconds.
  expect(time(128_000)).toBeLessThan(24 * time(16_000) + 20);
});
