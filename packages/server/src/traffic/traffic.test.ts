import { fullBucket } from '@sigchart/core/session';
import { expect, test } from 'vitest';
import { defaultServerLimits } from '../serverLimits.ts';
import type { AddressUse } from './addresses.ts';
import { Traffic } from './traffic.ts';

/** A frame of a text, masked with zeros. @see RFC 6455 § 5.2 */
const frameOf = (text: string) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

test('a socket waits for the tokens of its address, even if it has used none itself', () => {
  const rate = { perSecond: 1_000, burst: 10 };
  const limits = { ...defaultServerLimits, addressMessageRate: 1_000, addressMessageBurst: 10 };
  const address: AddressUse = {
    key: 'a',
    sockets: 2,
    bucket: fullBucket(rate, 0),
    unfinishedBytes: 0,
    backlogBytes: 0,
    backlogs: new Set(),
  };
  const paused: string[] = [];
  const open = (name: string) =>
    new Traffic(limits, address, () => 0, { pause: () => paused.push(name), resume: () => {}, close: () => {} });
  const [greedy, other] = [open('greedy'), open('other')];
  for (let message = 0; message < 100; message += 1) greedy.spend(1);
  other.spend(1);
  expect(paused).toEqual(['greedy', 'other']);
  for (const traffic of [greedy, other]) traffic.end();
});

test('of an address with too many unfinished bytes, only who has some is closed', () => {
  const limits = { ...defaultServerLimits, addressUnfinishedBytes: 100 };
  const address: AddressUse = {
    key: 'a',
    sockets: 2,
    bucket: fullBucket({ perSecond: 1_000, burst: 1_000 }, 0),
    unfinishedBytes: 0,
    backlogBytes: 0,
    backlogs: new Set(),
  };
  const closed: string[] = [];
  const open = (name: string) =>
    new Traffic(limits, address, () => 0, { pause: () => {}, resume: () => {}, close: () => closed.push(name) });
  const [greedy, other] = [open('greedy'), open('other')];
  greedy.read(Buffer.concat([Buffer.from([0x81, 0xfe, 0x10, 0, 0, 0, 0, 0]), Buffer.alloc(200)]));
  expect(closed).toEqual(['greedy']);
  other.read(frameOf('{"command":"ping"}'));
  expect(closed).toEqual(['greedy']);
  for (const traffic of [greedy, other]) traffic.end();
});
