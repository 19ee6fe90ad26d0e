import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until, useServer } from './wire.ts';

const server = useServer({
  limits: {
    messageRate: 100,
    messageBurst: 20,
    addressMessageRate: 100_000,
    addressMessageBurst: 100_000,
    socketsPerAddress: 8,
    messageTimeoutMs: 300,
    addressUnfinishedBytes: 3_000_000,
  },
});
const { clock, connect } = server;

/** A WebSocket of which every byte is sent by hand. */
async function raw(): Promise<Socket> {
  const { port, hostname } = new URL(server.origin);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    [
      'GET /live/websocket HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n'),
  );
  await once(socket, 'data');
  return socket;
}

/** The start of a frame with a length of one mebibyte. */
const beginning = (bytes: number) =>
  Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]), Buffer.alloc(bytes, 'x')]);

describe('a client that sends too much', () => {
  test('is slowed down, loses nothing, and keeps its order; others are answered meanwhile', async () => {
    const [flood, other] = [await connect(), await connect()];
    const before = performance.now();
    for (let index = 0; index < 120; index += 1) flood.send({ command: 'getStreamInfo', streamId: `s${index}` });
    await other.settle();
    expect(flood.heard.length).toBeLessThan(60);
    await until(() => expect(flood.heard).toHaveLength(120));
    // 120 messages, of which 20 are free, at 100 a second.
    expect(performance.now() - before).toBeGreaterThan(900);
    expect(flood.heard.map(({ streamId }) => streamId)).toEqual(Array.from({ length: 120 }, (_, index) => `s${index}`));
    await flood.settle();
  });

  test('counts as alive while its pong waits behind unread data', async () => {
    const flood = await connect();
    for (let index = 0; index < 150; index += 1) flood.send({ command: 'getStreamInfo', streamId: 's1' });
    await until(() => expect(flood.heard.length).toBeGreaterThan(10));
    for (let round = 0; round < 4; round += 1) {
      const { length: heard } = flood.heard;
      clock.pass(10_000);
      await until(() => expect(flood.heard.length).toBeGreaterThan(Math.min(heard + 1, 149)));
    }
    await until(() => expect(flood.heard).toHaveLength(150));
    expect(flood.webSocket.readyState).toBe(WebSocket.OPEN);
    await flood.settle();
  });

  test('is also charged for what it makes the server send', async () => {
    const [publisher, flood] = [await connect(), await connect()];
    publisher.send({ command: 'publish', streamId: 's1', metaData: 'x'.repeat(8_000) });
    await publisher.hears({ command: 'start' });
    const before = performance.now();
    for (let index = 0; index < 100; index += 1) flood.send({ command: 'getBroadcastObject', streamId: 's1' });
    await until(() => expect(flood.heard).toHaveLength(100));
    // Each costs as much as the answer of 8 kB besides its own token, so that it takes half as long again.
    expect(performance.now() - before).toBeGreaterThan(1_200);
    await flood.settle();
  });

  test('of frames without a message is slowed down, too', async () => {
    const flood = await connect();
    const other = await connect();
    for (let index = 0; index < 2_000; index += 1) flood.webSocket.ping();
    const before = performance.now();
    await other.settle();
    await flood.settle();
    // 2 000 frames at 0.05 each.
    expect(performance.now() - before).toBeGreaterThan(500);
  });
});

describe('a message that is not finished', () => {
  test('ends its socket after a while, and no other', async () => {
    const other = await connect();
    const socket = await raw();
    socket.write(beginning(1_000));
    await once(socket, 'close');
    await other.settle();
  });

  test('must arrive within its time, however slow its bytes', async () => {
    const socket = await raw();
    socket.write(beginning(0));
    const writing = setInterval(() => socket.write('x'), 20);
    // Not `once` of events: a byte on its way as the server resets the connection is an error before it is closed.
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(writing);
  });

  test('is limited by the memory of its address', async () => {
    const other = await connect();
    const sockets = await Promise.all(Array.from({ length: 4 }, () => raw()));
    let closed = 0;
    for (const socket of sockets) {
      socket.once('close', () => {
        closed += 1;
      });
      socket.write(beginning(1_000_000));
    }
    await until(() => expect(closed).toBeGreaterThan(0));
    await other.settle();
    for (const socket of sockets) socket.destroy();
  });

  test('of more bytes than a message may have closes the socket with 1009', async () => {
    const { webSocket } = await connect();
    webSocket.send('x'.repeat(2 * 1024 * 1024 + 1));
    const [code] = await once(webSocket, 'close');
    expect(code).toBe(1009);
  });
});

test('an address has as many sockets as it may, and others once some are closed', async () => {
  const wires = await Promise.all(Array.from({ length: 8 }, () => connect()));
  await expect(connect()).rejects.toThrow('429');
  for (const wire of wires) await wire.settle();
  wires[0]?.webSocket.close();
  await until(() => expect(server.signalling.counts.sockets).toBe(7));
  await (await connect()).settle();
});
