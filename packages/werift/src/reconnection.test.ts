import { afterEach, describe, expect, test } from 'vitest';
import { createMedia } from './index.ts';
import { answer, isConnected, newCertificate, offer, Peer, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const peers: Peer[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await media.close();
});

const midExtension = { id: 1, payload: Buffer.from('1') };

/** Sends video until some of it arrives. */
async function send(publisher: Peer, player: Peer, text: string, ssrc: number, mid = midExtension): Promise<void> {
  let sequenceNumber = Math.floor(Math.random() * 0x8000);
  await until(() => {
    sequenceNumber += 1;
    void publisher.send(
      { payloadType: 100, ssrc, sequenceNumber, timestamp: 90, extensions: [mid] },
      Buffer.from(text),
    );
    return player.rtp.some(({ payload }) => payload.toString() === text);
  }, text);
}

describe('a remote that starts another connection on the same session', () => {
  test('as a publisher is connected again, and its players continue with their tracks', async () => {
    const { peer: before, server } = await publish(media, 'stream');
    const { peer: player, server: playing } = await play(media, 'stream');
    peers.push(before, player);
    await until(() => before.channel?.readyState === 'open', 'the channel open');
    await send(before, player, 'before', 0x1111);
    let offers = 0;
    playing.addEventListener('negotiationneeded', () => {
      offers += 1;
    });

    await newCertificate();
    const after = new Peer();
    peers.push(after);
    after.connection.addTransceiver('audio', { direction: 'sendonly' });
    after.connection.addTransceiver('video', { direction: 'sendonly' });
    after.listen(after.connection.createDataChannel('stream'));
    await offer(after, server);
    after.hear();
    await until(() => isConnected(after.connection, server), 'connected again');
    await send(after, player, 'after', 0x4444);
    const numbers = player.rtp.map(({ header }) => header.sequenceNumber);
    expect(numbers).toEqual(numbers.map((_, index) => ((numbers[0] ?? 0) + index) & 0xffff));
    expect(offers).toBe(0);
    expect(after.transport.dtls?.cipher.masterSecret).not.toEqual(before.transport.dtls?.cipher.masterSecret);
    await until(() => before.transport.state === 'closed', 'the end of the association before');

    await until(() => after.channel?.readyState === 'open', 'the channel open again');
    after.channel?.send('from the publisher');
    await until(() => player.messages.includes('from the publisher'), 'its message');
    player.channel?.send('from the player');
    await until(() => after.messages.includes('from the player'), 'the message of the player');
    expect(media.open).toMatchObject({ connections: 2, sources: 1 });
    await until(() => media.open.sockets === 2, 'the sockets of before closed');
  });

  test('with other sections, as a publisher, sends those', async () => {
    const { peer: before, server } = await publish(media, 'stream');
    const { peer: player } = await play(media, 'stream');
    peers.push(before, player);
    await send(before, player, 'before', 0x1111);
    await newCertificate();
    const after = new Peer();
    peers.push(after);
    after.connection.addTransceiver('video', { direction: 'sendonly' });
    await offer(after, server);
    await until(() => isConnected(after.connection, server), 'connected again');
    expect(media.streamInfo('live', 'stream')).toMatchObject({ videoCodec: 'VP8' });
  });

  test('as a player that answers an offer is connected again, and gets its tracks', async () => {
    const { peer: publisher } = await publish(media, 'stream');
    const { peer: before, server } = await play(media, 'stream');
    peers.push(publisher, before);
    await send(publisher, before, 'before', 0x1111);
    await newCertificate();
    const after = new Peer();
    peers.push(after);
    server.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) void after.connection.addIceCandidate({ ...candidate } as never);
    });
    await answer(after, server);
    after.hear();
    await until(() => isConnected(after.connection, server), 'connected again');
    await send(publisher, after, 'after', 0x5555);
    expect(after.rtp[0]?.header.ssrc).toBe(before.rtp[0]?.header.ssrc);
    publisher.channel?.send('to players');
    await until(() => after.messages.includes('to players'), 'a message');
    await until(() => before.transport.state === 'closed', 'the end of the association before');
  });
});
