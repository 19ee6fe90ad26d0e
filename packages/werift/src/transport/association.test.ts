import { describe, expect, test } from 'vitest';
import { Event, type RTCDtlsTransport, RTCSctpTransport } from 'werift';
import {
  type Associating,
  backOff,
  catchRejections,
  keepToWindow,
  noteByBlocks,
  readGapBlocks,
  sendInTurn,
  type Transporting,
} from './association.ts';
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

describe('what has come is told by blocks', () => {
  const noting = (lastReceivedTsn: number) => {
    const acknowledged: { readonly cumulative: number; readonly gaps: Block[] | undefined }[] = [];
    const associating = {
      lastReceivedTsn,
      receiveForwardTsnChunk({ cumulativeTsn }: { readonly cumulativeTsn: number }) {
        associating.lastReceivedTsn = cumulativeTsn;
      },
      sendChunk: async ({ gaps }: { readonly gaps?: Block[] }) =>
        void acknowledged.push({ cumulative: associating.lastReceivedTsn, gaps }),
    };
    noteByBlocks(associating as unknown as Associating);
    const noted = associating as unknown as Associating;
    return {
      associating,
      receive: (...numbers: number[]) => numbers.map((tsn) => noted.markReceived(tsn)),
      forward: (cumulativeTsn: number) => noted.receiveForwardTsnChunk({ cumulativeTsn }),
      acknowledge: async () => {
        await noted.sendChunk({ type: 3 });
        return acknowledged.at(-1);
      },
    };
  };

  test('with what is missing, and what has come twice', async () => {
    const { receive, acknowledge } = noting(10);
    expect(receive(11, 13, 14, 13, 10)).toEqual([false, false, false, true, true]);
    expect(await acknowledge()).toEqual({ cumulative: 11, gaps: [[2, 3]] });
    expect(receive(12)).toEqual([false]);
    expect(await acknowledge()).toEqual({ cumulative: 14, gaps: [] });
  });

  test('and what the peer has given up is not waited for', async () => {
    const { receive, forward, acknowledge } = noting(10);
    receive(13, 16);
    forward(12);
    expect(await acknowledge()).toEqual({ cumulative: 13, gaps: [[3, 3]] });
  });

  test.each(['data', 'what it gives up'])(
    'and of an association that begins anew, with %s, nothing is left',
    async (first) => {
      const { associating, receive, forward, acknowledge } = noting(10);
      receive(11, 14);
      associating.lastReceivedTsn = 1_000;
      if (first === 'data') receive(1_001);
      else forward(1_001);
      expect(await acknowledge()).toEqual({ cumulative: 1_001, gaps: [] });
      receive(1_003);
      expect(await acknowledge()).toEqual({ cumulative: 1_001, gaps: [[2, 2]] });
    },
  );
});

test('the answer to a first packet is waited for for half a minute in all', () => {
  let sent = 0;
  const timer1Expired = () => {
    sent += 1;
  };
  const associating = { rto: 3, timer1Expired } as unknown as Associating;
  backOff(associating);
  const waits = Array.from({ length: 9 }, () => {
    const { rto } = associating;
    associating.timer1Expired();
    return rto;
  });
  expect(waits).toEqual([1, 2, 4, 4, 4, 4, 4, 4, 4]);
  expect(sent).toBe(9);
});

describe('an error does not leave an asynchronous method of werift', () => {
  test('as an exception, when a packet is to be repeated that was answered since', async () => {
    const sent: unknown[] = [];
    const associating = { sendChunk: async (chunk: unknown) => void sent.push(chunk) } as unknown as Associating;
    noteByBlocks(associating);
    await associating.sendChunk(undefined);
    expect(sent).toEqual([]);
  });

  test('as an exception of what is wrapped around it', async () => {
    const associating = { sentQueue: undefined } as unknown as Associating;
    readGapBlocks(associating);
    noteByBlocks(associating);
    await expect(associating.receiveSackChunk({ cumulativeTsn: 1, gaps: [] })).rejects.toThrow();
    await expect(associating.sendChunk({ type: 3 })).rejects.toThrow();
  });

  test('as a rejection, where werift does not wait for it', async () => {
    let isCalled = false;
    const target = {
      async transmit() {
        isCalled = this === target;
        throw new Error('not sent');
      },
    };
    catchRejections(target, ['transmit']);
    await target.transmit();
    expect(isCalled).toBe(true);
  });
});

test('an association outlives an answer that arrives between the timer of its first packet and the repetition', async () => {
  const transport = new RTCSctpTransport();
  transport.setDtlsTransport({ onStateChange: new Event(), sendData: async () => {} } as unknown as RTCDtlsTransport);
  const { sctp } = transport;
  const associating = sctp as unknown as Associating & { timer1Chunk: object | undefined };
  sctp.setRemotePort(5000);
  noteByBlocks(associating);
  associating.timer1Chunk = { type: 1 };
  associating.timer1Expired();
  associating.timer1Chunk = undefined;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await sctp.stop();
});
