import { ownTracks } from '@sigchart/core/machines';
import { afterEach, expect, test, vi } from 'vitest';
import { RTCDataChannel } from 'werift';
import { createMedia } from './index.ts';
import { type Peer, type Published, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const peers: Peer[] = [];
const keep = ({ peer }: Published) => {
  peers.push(peer);
  return peer;
};

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await media.close();
});

const isOpen = ({ channel }: Peer) => channel?.readyState === 'open';

async function scene() {
  const publisher = keep(await publish(media, 'stream'));
  const one = keep(await play(media, 'stream'));
  const other = keep(await play(media, 'stream'));
  await until(() => [publisher, one, other].every(isOpen), 'channels open');
  return { publisher, one, other };
}

test('a player is given a channel by the name of the stream', async () => {
  const { one } = await scene();
  expect(one.channel?.label).toBe('stream');
});

test('a publisher’s message reaches every player, and not itself', async () => {
  const { publisher, one, other } = await scene();
  publisher.channel?.send('text');
  publisher.channel?.send(Buffer.from([1, 2, 3]));
  await until(() => one.messages.length === 2 && other.messages.length === 2, 'both messages');
  expect(one.messages).toEqual(['text', Buffer.from([1, 2, 3])]);
  expect(other.messages).toEqual(one.messages);
  expect(publisher.messages).toEqual([]);
});

test('a player’s message reaches the publisher and the other players', async () => {
  const { publisher, one, other } = await scene();
  one.channel?.send('text');
  await until(() => publisher.messages.length > 0 && other.messages.length > 0, 'the message');
  expect(one.messages).toEqual([]);
});

test('a publisher receives messages on the channel that it opened last', async () => {
  const { publisher, one } = await scene();
  const latest = publisher.connection.createDataChannel('latest');
  const heard: unknown[] = [];
  latest.onMessage.subscribe((message) => heard.push(message));
  await until(() => latest.readyState === 'open', 'the second channel open');
  latest.send('opened');
  await until(() => one.messages.length > 0, 'the message over the second channel');
  one.channel?.send('text');
  await until(() => heard.length > 0 || publisher.messages.length > 0, 'the answer');
  expect({ heard, onFirst: publisher.messages }).toEqual({ heard: ['text'], onFirst: [] });
});

test('data channels alone will do', async () => {
  const publisher = keep(await publish(media, 'stream', { audio: false, video: false }));
  const player = keep(await play(media, 'stream'));
  await until(() => isOpen(publisher) && isOpen(player), 'channels open');
  publisher.channel?.send('text');
  await until(() => player.messages.length > 0, 'the message');
});

test('an empty message arrives, and those after it', async () => {
  const { publisher, one, other } = await scene();
  // This test is about werift's own way to send one.
  for (const protocol of [56, 57])
    await publisher.connection.sctpTransport?.sctp.send(publisher.channel?.id ?? 0, protocol, Buffer.alloc(1), {
      ordered: true,
    });
  publisher.channel?.send('after');
  const said = ['', Buffer.alloc(0), 'after'];
  await until(() => [one, other].every(({ messages }) => messages.length === said.length), 'all messages');
  expect(one.messages).toEqual(said);
  expect(other.messages).toEqual(said);
  one.channel?.send('back');
  await until(() => publisher.messages.length > 0, 'the answer');
});

test('a message of 100 kB arrives whole', async () => {
  const { publisher, one } = await scene();
  const message = Buffer.alloc(100_000, 'x');
  publisher.channel?.send(message);
  await until(() => one.messages.length > 0, 'the message');
  expect(one.messages[0]).toEqual(message);
});

test('a description says that a message may have 256 KiB', async () => {
  const publisher = keep(await publish(media, 'stream', { audio: false, video: false }));
  expect(publisher.connection.remoteDescription?.sdp).toContain('a=max-message-size:262144\r\n');
});

test('messages for a player with 8 MiB of unsent ones are dropped', async () => {
  keep(await publish(media, 'stream', { audio: false, video: false }));
  const player = await play(media, 'stream');
  const peer = keep(player);
  await until(() => {
    player.server.sendData?.('open');
    return peer.messages.length > 0;
  }, 'the channel open');
  const send = vi.spyOn(RTCDataChannel.prototype, 'send');
  // Within one turn, nothing is acknowledged.
  for (let message = 0; message < 50; message += 1) player.server.sendData?.('x'.repeat(262_144));
  expect(send).toHaveBeenCalledTimes(32);
  send.mockRestore();
});

test('a message before any listener is lost without an error', async () => {
  const publisher = keep(await publish(media, 'stream'));
  publisher.channel?.send('unheard');
  const player = keep(await play(media, 'stream'));
  await until(() => isOpen(publisher) && isOpen(player), 'channels open');
  publisher.channel?.send('heard');
  await until(() => player.messages.length > 0, 'the message');
  expect(player.messages).toEqual(['heard']);
});

test('a player of several streams receives each message once, and reaches all', async () => {
  const [one, two] = [keep(await publish(media, 'one')), keep(await publish(media, 'two'))];
  const player = keep(await play(media, 'room', [ownTracks('one'), ownTracks('two')]));
  const other = keep(await play(media, 'room', [ownTracks('one'), ownTracks('two')]));
  await until(() => [one, two, player, other].every(isOpen), 'channels open');
  player.channel?.send('to all');
  await until(() => [one, two, other].every(({ messages }) => messages.length > 0), 'the message');
  one.channel?.send('from one');
  await until(() => player.messages.length > 0, 'the message');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(other.messages).toEqual(['to all', 'from one']);
  expect(player.messages).toEqual(['from one']);
});
