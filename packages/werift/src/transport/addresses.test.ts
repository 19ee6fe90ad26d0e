import { isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';
import { portRangeOf } from './portRange.ts';

test('all addresses are announced by default, loopback ones last, and each family is listened on once', () => {
  const { listen, bind, announce } = addressesOf({});
  expect(announce).toContain('127.0.0.1');
  expect(listen.length).toBe(new Set(announce.map((address) => isIPv6(address))).size);
  expect(bind).toEqual({});
  const firstLoopback = announce.findIndex((address) => address === '127.0.0.1' || address === '::1');
  expect(announce.slice(firstLoopback).every((address) => address === '::1' || address.startsWith('127.'))).toBe(true);
});

test('one address is listened on and announced', () => {
  expect(addressesOf({ bindAddress: '127.0.0.1' })).toEqual({
    listen: ['127.0.0.1'],
    bind: { udp4: '127.0.0.1' },
    announce: ['127.0.0.1'],
  });
});

test('another address can be announced, and only its family is listened on', () => {
  const { listen, announce } = addressesOf({ announcedAddress: '203.0.113.1' });
  expect(announce).toEqual(['203.0.113.1']);
  expect(listen.some((address) => isIPv6(address))).toBe(false);
  expect(listen.length).toBe(1);
});

test('one address of each family can be announced, and one of a family that this machine has not is left out', () => {
  const both = ['203.0.113.1', '2001:db8::1'];
  const { announce } = addressesOf({ announcedAddress: both, bindAddress: '0.0.0.0' });
  expect(announce).toEqual(['203.0.113.1']);
  expect(() => addressesOf({ announcedAddress: '2001:db8::1', bindAddress: '0.0.0.0' })).toThrow(/no address/);
  const families = new Set(addressesOf({}).announce.map((address) => isIPv6(address)));
  expect(addressesOf({ announcedAddress: both }).announce).toHaveLength(families.size);
});

test('0.0.0.0 is all of IPv4', () => {
  expect(addressesOf({ bindAddress: '0.0.0.0' }).announce.some((address) => isIPv6(address))).toBe(false);
});

test('an invalid address, or of another machine, is an error', () => {
  expect(() => addressesOf({ bindAddress: '203.0.113.1' })).toThrow(TypeError);
  expect(() => addressesOf({ announcedAddress: 'media.example' })).toThrow(TypeError);
});

test('a valid range of ports is used unchanged', () => {
  expect(portRangeOf([50_000, 50_010])).toEqual([50_000, 50_010]);
  for (const range of [
    [0, 10],
    [10, 9],
    [1, 65_536],
    [1.5, 2],
  ] as const)
    expect(() => portRangeOf(range)).toThrow(RangeError);
});

test('without a range the search starts at any port', () => {
  const starts = new Set(Array.from({ length: 20 }, () => portRangeOf(undefined)[0]));
  expect(starts.size).toBeGreaterThan(1);
  for (const start of starts) expect(start).toBeGreaterThan(1024);
});
