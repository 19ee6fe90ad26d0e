import { expect, test } from 'vitest';
import { defaultServerLimits } from '../serverLimits.ts';
import { Addresses } from './addresses.ts';
import { Backlog } from './backlog.ts';

const limits = { ...defaultServerLimits, backlogBytes: 100, addressBacklogBytes: 250 };

/** Clients of one address, each with what it has not read. */
function clients() {
  const place = new Addresses(limits, () => 0).admit('192.0.2.1', () => {});
  if (typeof place === 'number') throw new Error('refused');
  return (bytes: number) => {
    const client = { bytes, isDisconnected: false };
    const disconnect = () => {
      client.isDisconnected = true;
      client.bytes = 0;
    };
    const backlog = new Backlog(limits, place.address, () => client.bytes, disconnect);
    return Object.assign(client, { backlog });
  };
}

test('a client that leaves too much unread is disconnected', () => {
  const client = clients()(100);
  expect(client.backlog.makeRoom()).toBe(true);
  client.bytes = 101;
  expect(client.backlog.makeRoom()).toBe(false);
  expect(client.isDisconnected).toBe(true);
});

test('of an address that leaves too much unread, the client that has left most is disconnected', () => {
  const open = clients();
  const [most, less, healthy] = [open(90), open(80), open(0)];
  for (const { backlog } of [most, less, healthy]) expect(backlog.makeRoom()).toBe(true);
  const other = open(81);
  expect(other.backlog.makeRoom()).toBe(true);
  expect(most.isDisconnected).toBe(true);
  expect([less, healthy, other].map(({ isDisconnected }) => isDisconnected)).toEqual([false, false, false]);
  expect(healthy.backlog.makeRoom()).toBe(true);
});

test('bytes that were read meanwhile, or belong to a closed socket, do not count', () => {
  const open = clients();
  const [reads, closes] = [open(90), open(90)];
  for (const { backlog } of [reads, closes]) backlog.makeRoom();
  reads.bytes = 10;
  expect(open(90).backlog.makeRoom()).toBe(true);
  closes.backlog.close();
  closes.backlog.close();
  expect(open(90).backlog.makeRoom()).toBe(true);
  expect([reads, closes].map(({ isDisconnected }) => isDisconnected)).toEqual([false, false]);
});
