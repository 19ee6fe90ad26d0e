import { spend } from '@sigchart/core/session';
import { describe, expect, test } from 'vitest';
import { defaultServerLimits } from '../serverLimits.ts';
import { Addresses, type Place } from './addresses.ts';

/** Places for sockets, and the time. */
function addresses(limits: { sockets: number; socketsPerAddress: number }) {
  let nowMs = 0;
  const closed: string[] = [];
  const all = new Addresses({ ...defaultServerLimits, ...limits }, () => nowMs);
  const admit = (address: string, name = address) => {
    const place = all.admit(address, () => {
      closed.push(name);
      if (typeof place !== 'number') place.release();
    });
    return place;
  };
  return { all, admit, closed, pass: (ms: number) => (nowMs += ms) };
}
const placed = (place: Place | number): Place => {
  if (typeof place === 'number') throw new Error(`refused with ${place}`);
  return place;
};

describe('places', () => {
  test('are limited for an address, and for all', () => {
    const { admit } = addresses({ sockets: 3, socketsPerAddress: 2 });
    const first = placed(admit('192.0.2.1'));
    placed(admit('192.0.2.1'));
    expect(admit('192.0.2.1')).toBe(429);
    placed(admit('192.0.2.2'));
    expect(admit('192.0.2.3')).toBe(503);
    first.release();
    first.release();
    placed(admit('192.0.2.3'));
    expect(admit('192.0.2.3')).toBe(503);
  });

  test('go from the oldest silent socket to another, after a while', () => {
    const { admit, closed, pass } = addresses({ sockets: 3, socketsPerAddress: 2 });
    placed(admit('192.0.2.1', 'spoke')).spoke();
    placed(admit('192.0.2.1', 'silent'));
    placed(admit('192.0.2.2', 'other'));
    pass(9_000);
    expect(admit('192.0.2.1')).toBe(429);
    pass(2_000);
    placed(admit('192.0.2.1', 'third'));
    expect(closed).toEqual(['silent']);
    placed(admit('192.0.2.3'));
    expect(closed).toEqual(['silent', 'other']);
    expect(admit('192.0.2.4')).toBe(503);
  });

  test('of an address that is in debt are remembered until it is paid', () => {
    const { all, admit } = addresses({ sockets: 3, socketsPerAddress: 2 });
    placed(admit('192.0.2.1')).release();
    expect(all.size).toBe(0);
    const place = placed(admit('192.0.2.1'));
    const { address } = place;
    address.bucket = spend(address.bucket, { perSecond: 1_000, burst: 4_000 }, 5_000, 0);
    place.release();
    expect(all.size).toBe(1);
    expect(placed(admit('192.0.2.1')).address.bucket.tokens).toBe(-1_000);
  });
});
