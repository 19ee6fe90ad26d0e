import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  GenericNack,
  RTCDataChannel,
  RTCDataChannelParameters,
  type RTCSctpTransport,
  RtcpPacketConverter,
  RtcpRrPacket,
  RtcpTransportLayerFeedback,
} from 'werift';
import { until } from '../test/remote.ts';
import { type Link, linkPair, sctpOver } from '../test/sctpPair.ts';
import { packetsOf } from './compounds.ts';
import { associationOf } from './internals.ts';
import { moveAssociation } from './migration.ts';

const open: RTCSctpTransport[] = [];

/** One end of an association that is closed after the test. */
function end(link: Link, isMended: boolean): RTCSctpTransport {
  const transport = sctpOver(link, isMended);
  open.push(transport);
  return transport;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((transport) => transport.stop()));
});

/** Two ends of werift's SCTP; the client's is mended or not. `before` is called before they start. */
async function pair(
  isMended: boolean,
  before: (client: RTCSctpTransport, server: RTCSctpTransport) => void = () => {},
) {
  const [clientLink, serverLink] = linkPair();
  const [client, server] = [end(clientLink, isMended), end(serverLink, isMended)];
  before(client, server);
  const messages: (string | Buffer)[] = [];
  let isAccepted = false;
  server.onDataChannel.subscribe((accepted) => {
    isAccepted = true;
    accepted.onMessage.subscribe((message) => messages.push(message));
  });
  const channel = new RTCDataChannel(client, new RTCDataChannelParameters({ label: 'test' }));
  await Promise.all([server.start(5000), client.start(5000)]);
  await until(() => channel.readyState === 'open' && isAccepted, 'the channel open');
  return { client, server, clientLink, serverLink, channel, messages };
}

/** Counts the numbers that are added to sets during a run. */
async function addedToSets(run: () => Promise<void>): Promise<number> {
  const { add } = Set.prototype;
  let added = 0;
  Set.prototype.add = function (value) {
    added += 1;
    return add.call(this, value);
  };
  await run().finally(() => {
    Set.prototype.add = add;
  });
  return added;
}

/** The seconds at which an unanswered INIT is sent. */
async function initTimes(isMended: boolean): Promise<readonly number[]> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'Date'] });
  const startedMs = Date.now();
  const [link] = linkPair();
  const seconds: number[] = [];
  link.carries = () => {
    seconds.push(Math.round((Date.now() - startedMs) / 1_000));
    return false;
  };
  await end(link, isMended).start(5000);
  await vi.advanceTimersByTimeAsync(60_000);
  return seconds;
}

test('initTimeout: a lost INIT is repeated after one second, then less often', async () => {
  expect(await initTimes(true)).toEqual([0, 1, 3, 7, 11, 15, 19, 23, 27]);
  expect((await initTimes(false)).slice(0, 4)).toEqual([0, 3, 6, 9]);
});

test('initTimeout: data is not late because the start was', async () => {
  let rto: number | undefined;
  await pair(true, (client) => {
    associationOf(client).rto = 4;
    client.sctp.stateChanged.connected.subscribe(() => {
      rto = associationOf(client).rto;
    });
  });
  expect(rto).toBe(1);
});

/** Acknowledgement of a server if the first of twelve chunks, numbered from `tsn`, is lost. */
async function acknowledgedAfterLoss(isMended: boolean, tsn: number): Promise<unknown> {
  const { client, server, clientLink } = await pair(isMended, (transport) =>
    // The opening of the channel is one chunk.
    Object.assign(transport.sctp, { localTsn: tsn - 1, lastSackedTsn: tsn - 2, cwnd: 100_000 }),
  );
  const reports: unknown[] = [];
  const { sendChunk } = associationOf(server);
  associationOf(server).sendChunk = async (chunk) => {
    await sendChunk.call(server.sctp, chunk);
    if (chunk?.type === 3) reports.push(chunk.gaps);
  };
  let isLost = false;
  clientLink.carries = () => {
    const carries = isLost;
    isLost = true;
    return carries;
  };
  for (let index = 0; index < 12; index += 1)
    client.sctp.send(0, 53, Buffer.alloc(1_100), { ordered: false }).catch(() => {});
  await until(() => reports.length >= 11, 'eleven acknowledgements');
  return reports[10];
}

test('gapReports: the numbers behind a loss are one block, where they get a digit more', async () => {
  expect(await acknowledgedAfterLoss(true, 999_999_995)).toEqual([[2, 12]]);
  expect(await acknowledgedAfterLoss(false, 999_999_995)).not.toEqual([[2, 12]]);
});

test('gapReports: a remote that forwards its cumulative TSN is not waited for', async () => {
  const { server } = await pair(true);
  const association = associationOf(server);
  const first = association.lastReceivedTsn;
  for (const number of [3, 6]) association.markReceived((first + number) >>> 0);
  association.receiveForwardTsnChunk({ cumulativeTsn: (first + 2) >>> 0, streams: [] });
  expect((association.lastReceivedTsn - first) >>> 0).toBe(3);
});

test('gapReports: nothing is left of an association when the remote starts another one', async () => {
  const { server, serverLink } = await pair(true);
  const association = associationOf(server);
  association.markReceived((association.lastReceivedTsn + 3) >>> 0);
  association.lastReceivedTsn = 1_000;
  association.markReceived(1_001);
  association.markReceived(1_003);
  const chunk = { type: 3, gaps: [] as [number, number][] };
  serverLink.carries = () => false;
  await association.sendChunk(chunk).catch(() => {});
  expect(chunk.gaps).toEqual([[2, 2]]);
});

test('gapReports: an answer between the timer of INIT and its retransmission does no harm', async () => {
  const { client } = await pair(true);
  Object.assign(client.sctp, { timer1Chunk: { type: 1 } });
  associationOf(client).timer1Expired();
  Object.assign(client.sctp, { timer1Chunk: undefined });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
});

/** Amount of an endless message that a server stores, in KiB. */
async function keptKib(isMended: boolean): Promise<number> {
  const { server } = await pair(isMended);
  const association = associationOf(server);
  for (let part = 0; part < 2_000; part += 1) {
    const tsn = (association.lastReceivedTsn + 1) >>> 0;
    const fields = { flags: part === 0 ? 2 : 0, streamSeqNum: 1, protocol: 53 };
    association.receiveDataChunk(Object.assign({ streamId: 0, tsn, userData: Buffer.alloc(1_024) }, fields));
  }
  return association.inboundStreams[0]?.reassembly.length ?? 0;
}

test('receiveWindow: of an endless message, at most the window and one message are stored', async () => {
  expect(await keptKib(true)).toBe(1_024 + 256);
  expect(await keptKib(false)).toBe(2_000);
});

test('receiveWindow: the chunk that thousands of others wait for is accepted', async () => {
  const { server } = await pair(true);
  const association = associationOf(server);
  const first = association.lastReceivedTsn;
  const receive = (number: number) => {
    const fields = { flags: 0, streamSeqNum: 1, protocol: 53, userData: Buffer.alloc(1) };
    association.receiveDataChunk(Object.assign({ streamId: 0, tsn: (first + number) >>> 0 }, fields));
    return association.inboundStreams[0]?.reassembly.length;
  };
  for (let number = 2; number < 8_194; number += 1) receive(number);
  expect([receive(8_194), receive(1)]).toEqual([8_192, 8_193]);
});

/** Number of sequence numbers that an end visits for an acknowledgement whose gap blocks name chunks that were never sent. */
async function readNumbers(isMended: boolean): Promise<number> {
  const { client } = await pair(isMended);
  const association = associationOf(client);
  const { lastSackedTsn: cumulativeTsn } = client.sctp as unknown as { readonly lastSackedTsn: number };
  const gaps: [number, number][] = [[2, 65_535]];
  return addedToSets(() =>
    association.receiveSackChunk(Object.assign({ cumulativeTsn, gaps }, { advertisedRwnd: 100_000 })),
  );
}

test('gapBlocks: chunks that were never sent cannot be acknowledged', async () => {
  expect(await readNumbers(true)).toBe(0);
  expect(await readNumbers(false)).toBeGreaterThan(65_000);
});

describe('gapBlocks: those that can be true are read', () => {
  const none: [number, number][] = [];
  test.each<[string, number, [number, number][], [number, number][]]>([
    [
      'blocks in order',
      10,
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
      10,
      [
        [2, 3],
        [5, 65_535],
      ],
      [[2, 3]],
    ],
    [
      'not what overlaps',
      10,
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
      10,
      [
        [4, 2],
        [0, 0],
      ],
      none,
    ],
    ['nothing, beyond all that was sent', 21, [[1, 65_535]], none],
  ])('%s', async (_, cumulativeTsn, gaps, read) => {
    const [link] = linkPair();
    const association = associationOf(end(link, true));
    // 16 and 17 are abandoned: their acknowledgement is not awaited.
    const sentQueue = [18, 19, 20].map((tsn) => ({ tsn, bookSize: 1, sentCount: 1, misses: 0 }));
    Object.assign(association, { sentQueue, lastSackedTsn: 9, remotePort: 5000 });
    const chunk = Object.assign({ cumulativeTsn, gaps }, { advertisedRwnd: 100_000 });
    await association.receiveSackChunk(chunk);
    expect(chunk.gaps).toEqual(read);
  });
});

/** Number of chunks that wait in the association when 200 messages are sent and none is acknowledged. */
async function begun(isMended: boolean): Promise<number> {
  const { client, clientLink, channel } = await pair(isMended);
  clientLink.carries = () => false;
  for (let index = 0; index < 200; index += 1) channel.send(Buffer.alloc(1_000));
  await new Promise((resolve) => setTimeout(resolve, 20));
  return (client.sctp as unknown as { readonly outboundQueue: readonly unknown[] }).outboundQueue.length;
}

test('sendOrder: of messages that are sent at once, one is started at a time', async () => {
  expect(await begun(true)).toBeLessThanOrEqual(1);
  expect(await begun(false)).toBeGreaterThan(100);
});

test('sendOrder: a message that is sent while the last one goes out does not stay behind', async () => {
  const { channel, messages } = await pair(true);
  for (let index = 0; index < 50; index += 1) {
    channel.send(`${index}`);
    if (index % 7 === 0) await new Promise(setImmediate);
  }
  await until(() => messages.length === 50, 'all messages');
  expect(messages).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
});

/** Messages that arrive if an empty one is sent, followed by others. */
async function afterEmpty(isMended: boolean): Promise<readonly unknown[]> {
  const { channel, messages } = await pair(isMended);
  for (const message of ['', Buffer.alloc(0), 'after']) channel.send(message);
  await until(() => messages.length === 3, 'all messages').catch(() => {});
  return messages;
}

test('emptyMessages: they arrive, and so do those behind them', async () => {
  expect(await afterEmpty(true)).toEqual(['', Buffer.alloc(0), 'after']);
});

test('emptyMessages: werift sends no chunk for one', async () => {
  const { channel, clientLink, messages } = await pair(false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = clientLink.sent.length;
  channel.send('');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([clientLink.sent.length - before, messages]).toEqual([0, []]);
});

/** Number of unhandled rejections. */
async function unhandled(isMended: boolean): Promise<number> {
  const { server, channel } = await pair(isMended);
  const listeners = process.listeners('unhandledRejection');
  const rejections: unknown[] = [];
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => rejections.push(reason));
  server.dtlsTransport.dataReceiver(Buffer.from('ff'.repeat(12), 'hex'));
  server.sctp.onReceive.execute(channel.id, 52, Buffer.from('unknown'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
  return rejections.length;
}

test('rejections: invalid data does not end the process', async () => {
  expect(await unhandled(true)).toBe(0);
  expect(await unhandled(false)).toBe(2);
});

/** Sends over a closed path. */
async function transmitOverNothing(isMended: boolean): Promise<void> {
  const { client } = await pair(isMended);
  Object.assign(client.sctp, { transmitOnce: () => Promise.reject(new Error('gone')) });
  await associationOf(client).transmit();
}

test('rejections: the error of a closed path does not leave an unawaited method', async () => {
  await expect(transmitOverNothing(true)).resolves.toBeUndefined();
  await expect(transmitOverNothing(false)).rejects.toThrow('gone');
});

test('migration: an association continues over another transport, and outlives the old one', async () => {
  const { client, server, clientLink, channel, messages } = await pair(true);
  const [toClient, toServer] = linkPair();
  moveAssociation(client, toClient.transport);
  moveAssociation(server, toServer.transport);
  clientLink.onStateChange.execute('closed');
  channel.send('moved');
  await until(() => messages.length > 0, 'the message');
  expect(client.sctp.associationState).toBe(4);
});

test('migration: werift ends an association with its transport, and starts another one on the next', async () => {
  const { client, clientLink } = await pair(false);
  const { sctp } = client;
  clientLink.onStateChange.execute('closed');
  expect(sctp.associationState).toBe(1);
  client.setDtlsTransport(linkPair()[0].transport);
  expect(client.sctp).not.toBe(sctp);
});

test('compounds: a NACK requests what it names, whatever follows it', () => {
  const nack = new RtcpTransportLayerFeedback({
    feedback: new GenericNack({ senderSsrc: 1, mediaSourceSsrc: 2, lost: [7] }),
  }).serialize();
  const compound = Buffer.concat([nack, new RtcpRrPacket({ ssrc: 1, reports: [] }).serialize()]);
  const lostIn = (...packets: readonly Buffer[]) =>
    packets
      .flatMap((packet) => RtcpPacketConverter.deSerialize(packet))
      .flatMap((packet) =>
        packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack
          ? packet.feedback.lost
          : [],
      );
  expect(lostIn(...packetsOf(compound))).toEqual([7]);
  expect(lostIn(compound)).not.toEqual([7]);
});
