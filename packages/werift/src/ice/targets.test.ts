import { expect, test } from 'vitest';
import { canonical, isTarget } from './targets.ts';

const announced = ['203.0.113.1', '2001:db8::1'];

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.8.8.8',
  '169.254.169.254',
  '224.0.0.251',
  '239.1.1.1',
  '255.255.255.255',
  '10.0.0.1',
  '100.64.0.1',
  '172.31.0.1',
  '192.168.1.1',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '::ffff:127.0.0.1',
  'fe80::1',
  'fd00::1',
  'ff02::fb',
])('%s is no target of a public server', (host) => {
  expect(isTarget(canonical(host), 50_000, { announced })).toBe(false);
});

test.each(['198.51.100.7', '8.8.8.8', '172.32.0.1', '2001:db8::2'])('%s is a target', (host) => {
  expect(isTarget(canonical(host), 50_000, { announced })).toBe(true);
});

test('a port of a service is not a target', () => {
  for (const port of [0, 1, 53, 443, 1023]) expect(isTarget('198.51.100.7', port, { announced })).toBe(false);
  expect(isTarget('198.51.100.7', 1024, { announced })).toBe(true);
});

test('a private network is a target of a server that is on one, or if configured', () => {
  expect(isTarget('10.0.0.1', 50_000, { announced: ['192.168.1.2'] })).toBe(true);
  expect(isTarget('10.0.0.1', 50_000, { announced: ['192.168.1.2'], privateCandidates: false })).toBe(false);
  expect(isTarget('10.0.0.1', 50_000, { announced, privateCandidates: true })).toBe(true);
});

test('loopback is a target of a server that is nowhere else', () => {
  expect(isTarget('127.0.0.1', 50_000, { announced: ['127.0.0.1'] })).toBe(true);
  expect(isTarget('127.0.0.1', 50_000, { announced: ['192.168.1.2', '127.0.0.1'], privateCandidates: true })).toBe(
    false,
  );
});

test('an address is written in one way', () => {
  expect(canonical('2001:DB8:0:0::0001')).toBe('2001:db8::1');
  expect(canonical('192.0.2.1')).toBe('192.0.2.1');
});
