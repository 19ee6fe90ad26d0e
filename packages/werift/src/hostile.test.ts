import { createSocket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { classes, Message, methods, parseMessage } from 'werift';
import { IceAgent } from './ice/agent.ts';
import * as multicastNames from './ice/multicastNames.ts';
import { createMedia } from './index.ts';
import { isConnected, Peer, type Published, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeAll(() => {
  process.on('unhandledRejection', note);
});

afterAll(() => {
  process.off('unhandledRejection', note);
});

afterEach(async () => {
  await media.close();
  expect(rejections).toEqual([]);
});

const portOf = ({ server }: Published): number =>
  Number(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/.exec(server.localDescription?.sdp ?? '')?.[1]);

/** A DTLS record. */
const record = (type: number, body: string) => {
  const fragment = Buffer.from(body, 'hex');
  const header = Buffer.from([type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, fragment.length]);
  return Buffer.concat([header, fragment]);
};

/** The first message of a DTLS client. */
const hello = record(22, `0100002e000000000000002efefd${'00'.repeat(32)}00000002c02b01000004000a0000`);

/** DTLS records of a stranger who tries to prevent a handshake: one byte, a close_notify, a fatal alert, and hellos of its own. */
const strangeDtls = [Buffer.from([0x16]), record(21, '0100'), record(21, '0228'), ...Array(20).fill(hello)];

/** Sends datagrams from another address, and returns the responses. */
async function send(port: number, datagrams: readonly Buffer[]): Promise<readonly Buffer[]> {
  const socket = createSocket('udp4');
  const heard: Buffer[] = [];
  socket.on('message', (message) => heard.push(message));
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  for (const datagram of datagrams) socket.send(datagram, port, '127.0.0.1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return heard;
}

/** Asserts that packets of the publisher still reach the player, and the player's messages the publisher. */
async function isAlive(publisher: Published, player: Published): Promise<void> {
  const before = player.peer.rtp.length;
  let sequenceNumber = 1;
  await until(() => {
    sequenceNumber += 1;
    void publisher.peer.send({ payloadType: 100, ssrc: 1, sequenceNumber }, Buffer.from('frame'));
    return player.peer.rtp.length > before;
  }, 'a packet');
  expect(publisher.server.connectionState).toBe('connected');
}

describe('a stranger who knows the port', () => {
  test('cannot interfere with invalid datagrams', async () => {
    const [publisher, player] = [await publish(media, 'stream'), await play(media, 'stream')];
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed;
    };
    const noise = Array.from({ length: 500 }, () =>
      Buffer.from(Array.from({ length: random() % 80 }, () => random() % 256)),
    );
    const first = [0, 1, 20, 21, 22, 23, 63, 64, 128, 144, 200, 255].map((byte) => Buffer.alloc(40, byte));
    expect(await send(portOf(publisher), [...noise, ...first, Buffer.alloc(0)])).toEqual([]);
    await isAlive(publisher, player);
    await Promise.all([publisher, player].map(({ peer }) => peer.close()));
  });

  test('does not prevent a session before ICE has a path, nor while DTLS starts', async () => {
    const peer = new Peer();
    peer.connection.addTransceiver('video', { direction: 'sendonly' });
    const server = await media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    await peer.connection.setLocalDescription(await peer.connection.createOffer());
    peer.guard();
    await server.setRemoteDescription({ type: 'offer', sdp: peer.connection.localDescription?.sdp ?? '' });
    const { sdp = '' } = await server.createAnswer();
    await server.setLocalDescription({ type: 'answer', sdp });
    const publisher = { peer, server };
    expect(await send(portOf(publisher), strangeDtls)).toEqual([]);
    const stranger = createSocket('udp4');
    const flood = setInterval(() => {
      for (const datagram of strangeDtls) stranger.send(datagram, portOf(publisher), '127.0.0.1');
    }, 5);
    await peer.connection.setRemoteDescription({ type: 'answer', sdp: server.localDescription?.sdp ?? '' });
    await until(() => isConnected(peer.connection, server), 'publisher connected');
    clearInterval(flood);
    stranger.close();
    await peer.close();
  });

  test('does not end a connection with an alert, nor start another handshake', async () => {
    const [publisher, player] = [await publish(media, 'stream'), await play(media, 'stream')];
    await send(portOf(publisher), [...strangeDtls, record(99, '00')]);
    await isAlive(publisher, player);
    await Promise.all([publisher, player].map(({ peer }) => peer.close()));
  });

  test('is given no answer to a connectivity check, and is sent none', async () => {
    const publisher = await publish(media, 'stream');
    const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(publisher.server.localDescription?.sdp ?? '') ?? [];
    const check = (password?: string) => {
      const message = new Message(methods.BINDING, classes.REQUEST)
        .setAttribute('USERNAME', `${ufrag}:them`)
        .setAttribute('PRIORITY', 1)
        .setAttribute('ICE-CONTROLLING', 1n);
      return (password === undefined ? message : message.addMessageIntegrity(Buffer.from(password))).addFingerprint()
        .bytes;
    };
    expect(await send(portOf(publisher), [check(), check('guess')])).toEqual([]);
    // Who knows the password is answered.
    const [, password] = /a=ice-pwd:(\S+)/.exec(publisher.server.localDescription?.sdp ?? '') ?? [];
    const heard = await send(portOf(publisher), [check(password)]);
    expect(heard.some((message) => parseMessage(message)?.messageClass === classes.RESPONSE)).toBe(true);
    await publisher.peer.close();
  });
});

describe('a peer that is connected', () => {
  test('does not harm the process with invalid SCTP or messages', async () => {
    const [publisher, player] = [await publish(media, 'stream'), await play(media, 'stream')];
    await until(() => publisher.peer.channel?.readyState === 'open', 'the channel open');
    for (const data of ['', '00', 'ff'.repeat(12), '1388138800000000ffffffff', 'ab'.repeat(2000)])
      await publisher.peer.transport.sendData(Buffer.from(data, 'hex'));
    const { sctp } = publisher.peer.connection.sctpTransport ?? {};
    // An unknown message type, an acknowledgement of a channel that was never opened, and a truncated opening.
    await sctp?.send(publisher.peer.channel?.id ?? 0, 52, Buffer.from('partial'));
    await sctp?.send(77, 50, Buffer.from([2]));
    await sctp?.send(79, 50, Buffer.from([3, 0]));
    await isAlive(publisher, player);
    publisher.peer.channel?.send('still here');
    await until(() => player.peer.messages.includes('still here'), 'a message');
    await Promise.all([publisher, player].map(({ peer }) => peer.close()));
  });

  test('does not harm others with invalid packets', async () => {
    const [publisher, player] = [await publish(media, 'stream'), await play(media, 'stream')];
    for (const payloadType of [0, 100, 101, 127])
      for (const length of [0, 1, 2, 3])
        await publisher.peer.send({ payloadType, ssrc: 5, sequenceNumber: 1, timestamp: 1 }, Buffer.alloc(length));
    const { transport } = publisher.peer;
    for (const rtcp of [
      '80c8000000000001',
      '8fcd000100000001',
      '81cd000200000001',
      '81ce0001',
      '9fce00010000000100000002',
    ])
      await transport.iceTransport.connection.send(transport.srtcp.encrypt(Buffer.from(rtcp.padEnd(16, '0'), 'hex')));
    await isAlive(publisher, player);
    await Promise.all([publisher, player].map(({ peer }) => peer.close()));
  });
});

describe('a remote with many candidates', () => {
  const sdp = [
    'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sctp-port:5000\r\na=setup:actpass',
    `a=ice-ufrag:many\r\na=ice-pwd:${'p'.repeat(22)}\r\na=fingerprint:sha-256 ${'AB:'.repeat(31)}AB`,
    '',
  ].join('\r\n');

  /** Sends 100 candidates with hosts by their numbers. */
  async function send(hostOf: (index: number) => string): Promise<void> {
    const server = await media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'many' });
    await server.setRemoteDescription({ type: 'offer', sdp });
    await server.setLocalDescription({ type: 'answer', sdp: (await server.createAnswer()).sdp ?? '' });
    for (let index = 0; index < 100; index += 1)
      await server.addIceCandidate({
        candidate: `candidate:1 1 udp 1 ${hostOf(index)} 40000 typ host`,
        sdpMid: '0',
        sdpMLineIndex: 0,
      });
    await server.close();
  }

  test('has 64 of them used', async () => {
    const used = vi.spyOn(IceAgent.prototype, 'addRemote');
    await send((index) => `127.0.1.${index}`);
    expect(used).toHaveBeenCalledTimes(64);
    used.mockRestore();
  });

  test('has 8 names of the local network resolved', async () => {
    const resolved = vi.spyOn(multicastNames, 'resolveMulticastName').mockResolvedValue(undefined);
    await send((index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}.local`);
    expect(resolved).toHaveBeenCalledTimes(8);
    resolved.mockRestore();
  });
});

test('an offer with victims as candidates causes at most three bytes for each of its own', async () => {
  const victim = createSocket('udp4');
  let bytes = 0;
  victim.on('message', ({ length }) => {
    bytes += length;
  });
  await new Promise<void>((resolve) => {
    victim.bind(0, '0.0.0.0', resolve);
  });
  const { port } = victim.address();
  const candidates = Array.from(
    { length: 64 },
    (_, index) => `a=candidate:1 1 udp 1 127.0.1.${index} ${port} typ host`,
  );
  const sdp = [
    'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sctp-port:5000\r\na=setup:actpass',
    `a=ice-ufrag:${'u'.repeat(256)}\r\na=ice-pwd:${'p'.repeat(22)}\r\na=fingerprint:sha-256 ${'AB:'.repeat(31)}AB`,
    ...candidates,
    '',
  ].join('\r\n');
  const server = await media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'attack' });
  await server.setRemoteDescription({ type: 'offer', sdp });
  await server.setLocalDescription({ type: 'answer', sdp: (await server.createAnswer()).sdp ?? '' });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(bytes).toBeGreaterThan(0);
  expect(bytes / sdp.length).toBeLessThanOrEqual(3);
  await server.close();
  await new Promise<void>((resolve) => {
    victim.close(() => resolve());
  });
});
