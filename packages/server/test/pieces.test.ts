import type { IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import { manualClock } from '@sigchart/core/testing';
import { fakeNetwork } from '@sigchart/webrtc';
import { expect, test, vi } from 'vitest';
import { createSignallingServer } from '../src/index.ts';

/** A WebSocket over a connection in memory, which delivers each piece that is written to it by itself. */
function connect() {
  const network = fakeNetwork();
  const server = createSignallingServer({ clock: manualClock(), media: { connect: () => network.connect() } });
  const [client, connection] = duplexPair();
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  const request = { method: 'GET', url: '/live/websocket', headers, socket: connection };
  server.upgrade(request as unknown as IncomingMessage, connection as never, Buffer.alloc(0));
  const chunks: Buffer[] = [];
  client.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  const write = (bytes: Buffer) => new Promise<void>((resolve) => client.write(bytes, () => setImmediate(resolve)));
  /** The status of the frame with which the server has closed the socket, if it has. */
  const closedWith = () => {
    const frames = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n')[1] ?? '';
    const close = frames.indexOf('\x88');
    return close < 0 ? undefined : Buffer.from(frames, 'latin1').readUInt16BE(close + 2);
  };
  return { server, write, closedWith, end: () => client.destroy() };
}

/** A frame of a client, with a mask that changes nothing. */
const frame = (opcode: number, payload: string, isLast: boolean) =>
  Buffer.concat([Buffer.from([opcode | (isLast ? 0x80 : 0), 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);

test('a message of more than 1 024 frames closes its socket with 1008', async () => {
  const { server, write, closedWith, end } = connect();
  await write(frame(1, ' ', false));
  for (let count = 1; count < 1_024; count += 1) await write(frame(0, ' ', false));
  expect(closedWith()).toBeUndefined();
  await write(frame(0, ' ', false));
  await vi.waitFor(() => expect(closedWith()).toBe(1008));
  end();
  await server.close();
});

test('a message that comes in more than 4 096 reads closes its socket with 1008', async () => {
  const { server, write, closedWith, end } = connect();
  await write(Buffer.from([0x81, 0xfe, 0x75, 0x30, 0, 0, 0, 0]));
  for (let count = 0; count < 4_000; count += 1) await write(Buffer.from(' '));
  expect(closedWith()).toBeUndefined();
  for (let count = 0; count < 200; count += 1) await write(Buffer.from(' '));
  await vi.waitFor(() => expect(closedWith()).toBe(1008));
  end();
  await server.close();
});
