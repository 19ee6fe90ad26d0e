import { describe, expect, test } from 'vitest';
import { type Associating, keepToWindow, readGapBlocks, sendInTurn, type Transporting } from './association.ts';
import type { Block } from './receivedNumbers.ts';

/** Stands for werift's transport, with what it does to send what waits. */
function transport(dataChannelFlush: () => Promise<void>, associationState = 4) {
  const waiting: string[] = [];
  const sending = { sctp: { associationState }, dataChannelQueue: waiting, dataChannelFlush };
  sendInTurn(sending as unknown as Transporting);
  const send = (message: string) => {
    waiting.push(message);
    return sending.dataChannelFlush();
  };
  return { waiting, send };
}

test('of messages that come at once, one is begun at a time', async () => {
  const sent: string[] = [];
  let begun = 0;
  const { waiting, send } = transport(async () => {
    begun += 1;
    expect(begun).toBe(1);
    await new Promise(setImmediate);
    sent.push(...waiting.splice(0, 1));
    begun -= 1;
  });
  await Promise.all(['one', 'two', 'three'].map(send));
  expect(sent).toEqual(['one', 'two', 'three']);
});

test('a message that comes as the last one is sent does not stay behind', async () => {
  const sent: string[] = [];
  const { waiting, send } = transport(async () => {
    const [message = ''] = waiting.splice(0);
    sent.push(message);
    if (message === 'one') void send('two');
  });
  await send('one');
  expect(sent).toEqual(['one', 'two']);
});

test('without an association they wait', async () => {
  let flushes = 0;
  const { waiting, send } = transport(async () => {
    flushes += 1;
  }, 1);
  await send('one');
  expect(flushes).toBe(1);
  expect(waiting).toEqual(['one']);
});

describe('of an acknowledgement is read what can be true', () => {
  test.each<[string, Block[], Block[]]>([
    [
      'blocks in order',
      [
        [2, 3],
        [5, 5],
      ],
      [
        [2, 3],
        [5, 5],
      ],
    ],
    [
      'not what was never sent',
      [
        [2, 3],
        [5, 65_535],
      ],
      [[2, 3]],
    ],
    [
      'not what overlaps',
      [
        [2, 8],
        [2, 8],
        [8, 9],
        [9, 10],
      ],
      [
        [2, 8],
        [9, 10],
      ],
    ],
    [
      'not what ends before it begins',
      [
        [4, 2],
        [0, 0],
      ],
      [],
    ],
  ])('%s', async (_, gaps, read) => {
    expect(await readAt(10, gaps)).toEqual(read);
  });

  test('nothing, if it is beyond all that was sent', async () => {
    expect(await readAt(21, [[1, 65_535]])).toEqual([]);
  });

  async function readAt(cumulativeTsn: number, gaps: Block[]): Promise<Block[] | undefined> {
    const heard: Block[][] = [];
    const associating = {
      // 16 and 17 are given up: no packet of them is waited for.
      sentQueue: [18, 19, 20].map((tsn) => ({ tsn })),
      receiveSackChunk: async (chunk: { readonly cumulativeTsn: number; readonly gaps: Block[] }) =>
        void heard.push(chunk.gaps),
    };
    readGapBlocks(associating as unknown as Associating);
    await associating.receiveSackChunk({ cumulativeTsn, gaps });
    return heard[0];
  }
});

describe('of what is sent is refused, and acknowledged so', () => {
  const receiving = (advertisedRwnd: number, waiting: number) => {
    const kept: number[] = [];
    const associating = {
      advertisedRwnd,
      inboundStreams: { 1: { reassembly: Array.from({ length: waiting }, (_, index) => ({ tsn: 100 + index })) } },
      sackNeeded: false,
      receiveDataChunk({ tsn, userData }: { readonly tsn: number; readonly userData: Buffer }) {
        associating.advertisedRwnd -= userData.length;
        kept.push(tsn);
      },
    };
    keepToWindow(associating as unknown as Associating, 50);
    const receive = (tsn: number, length: number) =>
      (associating as unknown as Associating).receiveDataChunk({ streamId: 1, tsn, userData: Buffer.alloc(length) });
    return { associating, kept, receive };
  };

  test('what is beyond the window and something to spare', () => {
    const { associating, kept, receive } = receiving(100, 0);
    for (const [index, length] of [60, 60].entries()) receive(index, length);
    expect(associating.sackNeeded).toBe(false);
    for (const [index, length] of [60, 30, 1].entries()) receive(2 + index, length);
    expect(kept).toEqual([0, 1, 3]);
    expect(associating.sackNeeded).toBe(true);
  });

  test('what comes behind thousands that wait, but not what they wait for', () => {
    const { kept, receive } = receiving(1_000, 8_192);
    receive(100 + 8_192, 1);
    receive(99, 1);
    expect(kept).toEqual([99]);
  });
});
