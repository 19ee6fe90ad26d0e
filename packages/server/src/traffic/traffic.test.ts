import { fullBucket } from '@sigchart/core/session';
import { expect, test } from 'vitest';
import { defaultServerLimits } from '../serverLimits.ts';
import type { AddressUse } from './addresses.ts';
import { Traffic } from './traffic.ts';

/** A frame of a text, masked with zeros. @see RFC 6455 § 5.2 */
const frameOf = (text: string) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

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
