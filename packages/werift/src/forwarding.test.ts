import { Socket } from 'node:dgram';
import { ownTracks } from '@sigchart/core/machines';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  GenericNack,
  PictureLossIndication,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  type RtpPacket,
  serializeTransportWideCC,
  TransportWideCC,
} from 'werift';
import { writeReceiverLimit } from './estimation/receiverLimit.ts';
import { createMedia } from './index.ts';
import { writeFeedback } from './publisher/feedbackMessage.ts';
import { type Peer, type Published, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const open: Published[] = [];
const keep = (published: Published) => {
  open.push(published);
  return published;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ peer }) => peer.close()));
  await media.close();
});

const video = { payloadType: 100, ssrc: 0x1111 };
const rtx = { payloadType: 101, ssrc: 0x2222 };
/** The mid of the video section, and the numbers of the extensions, as the test peer has them. */
const midExtension = { id: 1, payload: Buffer.from('1') };

/** A VP8 payload that starts a key frame; forwarding starts only with one. */
const keyFrame = Buffer.from([0x10, 0x00]);
const payload = (text: string) => Buffer.concat([keyFrame, Buffer.from(text)]);
const textOf = ({ payload: bytes }: RtpPacket) => bytes.subarray(keyFrame.length).toString();
const payloads = (peer: Peer) => peer.rtp.map(textOf);

/** Sends video packets until every player has received one. Players start to receive some time after they connect. */
async function begin(publisher: Peer, ...players: readonly Peer[]): Promise<number> {
  let sequenceNumber = 1000;
  await until(() => {
    sequenceNumber += 1;
    void publisher.send({ ...video, sequenceNumber, timestamp: 90, extensions: [midExtension] }, payload('first'));
    return players.every(({ rtp }) => rtp.length > 0);
  }, 'the first packet');
  return sequenceNumber;
}

const plis = (peer: Peer) =>
  peer.rtcp.filter(
    (packet) => packet instanceof RtcpPayloadSpecificFeedback && packet.feedback instanceof PictureLossIndication,
  ).length;

describe('a packet of a publisher', () => {
  test('reaches every player as it is, under an own SSRC and the number of the section', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: one } = keep(await play(media, 'stream'));
    const { peer: other } = keep(await play(media, 'stream'));
    const number = await begin(publisher, one, other);
    await publisher.send(
      { ...video, sequenceNumber: number + 1, timestamp: 12_345, marker: true, extensions: [midExtension] },
      payload('frame'),
    );
    await until(() => [one, other].every((player) => payloads(player).includes('frame')), 'the packet');
    for (const player of [one, other]) {
      const packet = player.rtp.find((each) => textOf(each) === 'frame');
      expect(packet?.header).toMatchObject({ timestamp: 12_345, marker: true });
      expect(packet?.header.ssrc).not.toBe(video.ssrc);
      expect(packet?.header.extensions.map(({ id, payload: value }) => [id, value.length])).toEqual([
        [1, 1],
        [2, 2],
      ]);
      const [before, after] = player.rtp.slice(-2).map(({ header }) => header.sequenceNumber);
      expect(after).toBe((before ?? 0) + 1);
    }
  });

  test('goes from the one socket to the other in the calls that ARCHITECTURE.md counts', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    const number = await begin(publisher, player);
    const { send } = Socket.prototype;
    const { stackTraceLimit } = Error;
    const stacks: string[][] = [];
    Error.stackTraceLimit = 100;
    const observed = vi.spyOn(Socket.prototype, 'send').mockImplementation(function (this: Socket, ...args: unknown[]) {
      stacks.push(String(new Error().stack).split('\n'));
      send.apply(this, args as Parameters<typeof send>);
    } as typeof send);
    try {
      const header = { ...video, sequenceNumber: number + 1, timestamp: 2, extensions: [midExtension] };
      await publisher.send(header, payload('frame'));
      await until(() => payloads(player).includes('frame'), 'the packet');
    } finally {
      observed.mockRestore();
      Error.stackTraceLimit = stackTraceLimit;
    }
    // From the listener of the socket that received it to the call of the other socket, without a timer or a promise between.
    const calls = stacks
      .map((stack) => stack.filter((line) => line.includes('/packages/werift/src/') && !line.includes('.test.ts')))
      .find((stack) => stack.some((line) => line.includes('/player/forwarder.ts')));
    expect(calls?.at(0)).toContain('/ice/base.ts');
    expect(calls?.at(-1)).toContain('/ice/base.ts');
    expect(calls?.length).toBeLessThanOrEqual(19);
  });

  test('reaches players once, though it comes twice', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    const number = await begin(publisher, player);
    const header = { ...video, timestamp: 1, extensions: [midExtension] };
    for (const ahead of [1, 1, 2])
      await publisher.send({ ...header, sequenceNumber: number + ahead }, payload(`packet ${ahead}`));
    await until(() => payloads(player).includes('packet 2'), 'the last packet');
    expect(payloads(player).filter((text) => text !== 'first')).toEqual(['packet 1', 'packet 2']);
  });

  test('that is lost is asked for again, and forwarded in its original form', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    const number = await begin(publisher, player);
    const header = { ...video, timestamp: 1, extensions: [midExtension] };
    await publisher.send({ ...header, sequenceNumber: number + 2 }, payload('after'));
    const isNack = (packet: unknown): packet is RtcpTransportLayerFeedback =>
      packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack;
    await until(() => publisher.rtcp.some(isNack), 'a NACK');
    expect(publisher.rtcp.find(isNack)?.feedback).toMatchObject({ mediaSourceSsrc: video.ssrc, lost: [number + 1] });
    const original = Buffer.alloc(2);
    original.writeUInt16BE(number + 1);
    await publisher.send(
      { ...rtx, sequenceNumber: 1, timestamp: 1, extensions: [midExtension] },
      Buffer.concat([original, payload('lost')]),
    );
    await until(() => payloads(player).includes('lost'), 'the lost packet');
    const [lost, after] = ['lost', 'after'].map((text) => player.rtp.find((each) => textOf(each) === text));
    expect(lost?.header.payloadType).toBe(after?.header.payloadType);
    expect(lost?.header.sequenceNumber).toBe((after?.header.sequenceNumber ?? 0) - 1);
  });
});

describe('a player', () => {
  test('is measured by its reports, over its connection', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player, server } = keep(await play(media, 'stream'));
    const bitrates: number[] = [];
    server.quality?.onMeasured(({ bitrate }) => bitrates.push(bitrate));
    await begin(publisher, player);
    const { srtcp, iceTransport } = player.transport;
    await until(() => {
      void iceTransport.connection.send(srtcp.encrypt(writeReceiverLimit(1, [], 262_144)));
      return bitrates.includes(262_144);
    }, 'the limit that it states');
    const { ssrc: mediaSsrc = 0 } = player.rtp[0]?.header ?? {};
    const first = Number(player.rtp[0]?.header.extensions.find(({ id }) => id === 2)?.payload.readUInt16BE());
    const report = { senderSsrc: 1, mediaSsrc, first, count: 0, packets: [1_000] };
    const { bytes = Buffer.alloc(0) } = writeFeedback(report);
    const measured: number[] = [];
    server.quality?.onMeasured(({ rttMs }) => measured.push(rttMs));
    await iceTransport.connection.send(srtcp.encrypt(bytes));
    await until(() => measured.some((rttMs) => rttMs > 0), 'the round trip of the packet that it reports on');
  });

  test('gets retransmissions of lost packets', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    await begin(publisher, player);
    const [first] = player.rtp;
    const { ssrc = 0, sequenceNumber = 0, payloadType } = first?.header ?? {};
    const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: ssrc, lost: [sequenceNumber] });
    await player.transport.sendRtcp([new RtcpTransportLayerFeedback({ feedback })]);
    await until(() => player.rtp.some((packet) => packet.header.ssrc !== ssrc), 'a retransmission');
    const packet = player.rtp.find((each) => each.header.ssrc !== ssrc);
    expect(packet?.header.payloadType).toBe((payloadType ?? 0) + 1);
    expect(packet?.payload.readUInt16BE()).toBe(sequenceNumber);
    expect(packet?.payload.subarray(2)).toEqual(payload('first'));
  });

  test('causes a key frame request when it joins, and when it requests one', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    await publisher.send({ ...video, sequenceNumber: 1, timestamp: 1, extensions: [midExtension] }, payload('early'));
    const { peer: player } = keep(await play(media, 'stream'));
    await until(() => plis(publisher) > 0, 'the request of a joiner');
    await begin(publisher, player);
    const before = plis(publisher);
    const mediaSsrc = player.rtp[0]?.header.ssrc ?? 0;
    const feedback = new PictureLossIndication({ senderSsrc: 1, mediaSsrc });
    for (let count = 0; count < 10; count += 1)
      await player.transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
    await until(() => plis(publisher) > before, 'the request of the player');
    expect(plis(publisher)).toBeLessThanOrEqual(before + 2);
  });

  test('has a key frame asked for until one comes', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    await publisher.send({ ...video, sequenceNumber: 1, timestamp: 1, extensions: [midExtension] }, payload('early'));
    keep(await play(media, 'stream'));
    await until(() => plis(publisher) > 2, 'repeated requests');
    // The first packet of a key frame of VP8.
    const keyFrame = Buffer.from('9080812310000 09d012a0005d00200'.replace(' ', ''), 'hex');
    await publisher.send({ ...video, sequenceNumber: 2, timestamp: 1, extensions: [midExtension] }, keyFrame);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = plis(publisher);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(plis(publisher)).toBe(before);
  });

  test('receives the time of its packets by the clock of the publisher', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    await begin(publisher, player);
    const ntpTimestamp = 0x1234_5678_0000_0000n;
    const senderInfo = new RtcpSenderInfo({ ntpTimestamp, rtpTimestamp: 900_000, packetCount: 1, octetCount: 1 });
    await publisher.transport.sendRtcp([new RtcpSrPacket({ ssrc: video.ssrc, senderInfo })]);
    const isReport = (packet: unknown): packet is RtcpSrPacket => packet instanceof RtcpSrPacket;
    await until(() => player.rtcp.some(isReport), 'a sender report');
    const report = player.rtcp.find(isReport);
    const count = player.rtp.filter(({ header }) => header.ssrc === report?.ssrc).length;
    expect(report?.ssrc).toBe(player.rtp[0]?.header.ssrc);
    expect(report?.senderInfo).toMatchObject({ packetCount: count, octetCount: count * payload('first').length });
    // Both have moved on by the same time, in their own units.
    const { ntpTimestamp: ntp = 0n, rtpTimestamp = 0 } = report?.senderInfo ?? {};
    const elapsedMs = Number(((ntp - ntpTimestamp) * 1000n) >> 32n);
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs((rtpTimestamp - 900_000) / 90 - elapsedMs)).toBeLessThan(2);
    const sources = player.rtcp.find((packet) => packet instanceof RtcpSourceDescriptionPacket);
    expect(sources).toMatchObject({ chunks: [{ source: report?.ssrc, items: [{ type: 1, text: 'stream' }] }] });
  });

  test('does not get tracks it has switched off, and continues without a gap', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player, server } = keep(await play(media, 'stream'));
    const number = await begin(publisher, player);
    const { setEnabled } = server as unknown as { setEnabled(stream: string, kind: string, enabled: boolean): void };
    const enable = setEnabled.bind(server, 'stream', 'video');
    const header = { ...video, timestamp: 1, extensions: [midExtension] };
    enable(false);
    await publisher.send({ ...header, sequenceNumber: number + 1 }, payload('unseen'));
    await publisher.send({ ...header, sequenceNumber: number + 2 }, payload('unseen'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const last = player.rtp.at(-1)?.header.sequenceNumber ?? 0;
    enable(true);
    await publisher.send({ ...header, sequenceNumber: number + 3 }, payload('seen'));
    await until(() => payloads(player).includes('seen'), 'the packet');
    expect(payloads(player)).not.toContain('unseen');
    expect(player.rtp.at(-1)?.header.sequenceNumber).toBe(last + 1);
  });

  test.each([
    ['one track, by the id that the offer gives it', 'ARDAMSvmember'],
    ['everything, by the id of the room', 'room'],
  ])('of a room switches off %s', async (_, name) => {
    const { peer: publisher } = keep(await publish(media, 'member'));
    const { peer: player, server } = keep(await play(media, 'room', [ownTracks('member')]));
    const number = await begin(publisher, player);
    const { setEnabled } = server as unknown as { setEnabled(name: string, kind: string, enabled: boolean): void };
    const header = { ...video, timestamp: 1, extensions: [midExtension] };
    setEnabled.call(server, name, 'video', false);
    await publisher.send({ ...header, sequenceNumber: number + 1 }, payload('unseen'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The latest setting applies, for one or for all.
    setEnabled.call(server, 'member', 'video', false);
    setEnabled.call(server, name, 'video', true);
    setEnabled.call(server, 'room', 'video', true);
    await publisher.send({ ...header, sequenceNumber: number + 2 }, payload('seen'));
    await until(() => payloads(player).includes('seen'), 'the packet');
    expect(payloads(player)).not.toContain('unseen');
  });
});

describe('a publisher', () => {
  test('receives feedback on arrivals', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    for (let number = 0; number < 5; number += 1)
      await publisher.send(
        {
          ...video,
          sequenceNumber: 10 + number,
          timestamp: number,
          extensions: [midExtension, { id: 2, payload: serializeTransportWideCC(100 + number) }],
        },
        payload('packet'),
      );
    const isFeedback = (packet: unknown): packet is RtcpTransportLayerFeedback =>
      packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof TransportWideCC;
    const isReport = (packet: unknown): packet is RtcpRrPacket => packet instanceof RtcpRrPacket;
    await until(() => publisher.rtcp.some(isFeedback) && publisher.rtcp.some(isReport), 'feedback and a report');
    expect(publisher.rtcp.find(isFeedback)?.feedback).toMatchObject({ baseSequenceNumber: 100 });
    expect(publisher.rtcp.find(isReport)?.reports).toMatchObject([
      { ssrc: video.ssrc, packetsLost: 0, highestSequence: 14 },
    ]);
  });

  test('that sends from another SSRC is the same to players', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    const { peer: player } = keep(await play(media, 'stream'));
    await begin(publisher, player);
    const last = player.rtp.at(-1)?.header;
    await publisher.send(
      { payloadType: 100, ssrc: 0x3333, sequenceNumber: 50, timestamp: 7, extensions: [midExtension] },
      payload('other'),
    );
    await until(() => payloads(player).includes('other'), 'the packet');
    const header = player.rtp.find((packet) => textOf(packet) === 'other')?.header;
    expect(header?.ssrc).toBe(last?.ssrc);
    expect((header?.sequenceNumber ?? 0) - (last?.sequenceNumber ?? 0)).toBeGreaterThan(0);
  });

  test('is described by its media', async () => {
    const { peer: publisher } = keep(await publish(media, 'stream'));
    expect(media.streamInfo('live', 'stream')).toMatchObject({ videoCodec: 'VP8', streamWidth: 0 });
    const keyFrame = Buffer.from('9080812310000 09d012a0005d00200'.replace(' ', ''), 'hex');
    await publisher.send({ ...video, sequenceNumber: 1, timestamp: 1, extensions: [midExtension] }, keyFrame);
    await until(() => (media.streamInfo('live', 'stream')?.videoBitrate ?? 0) > 0, 'a bitrate');
    expect(media.streamInfo('live', 'stream')).toMatchObject({ streamWidth: 1280, streamHeight: 720, audioBitrate: 0 });
    expect(media.streamInfo('live', 'other')).toBeUndefined();
    expect(media.streamInfo('other', 'stream')).toBeUndefined();
  });
});
