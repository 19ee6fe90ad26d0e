import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientMessage, createClientSession, type MessageSocket, manualClock } from '@sigchart/core';
import { fakeNetwork, rtcPerformer } from '@sigchart/webrtc';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createSignallingServer, type SignallingServer } from './index.ts';

const network = fakeNetwork();
const clock = {
  start(ms: number, elapsed: () => void) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
};

let http: Server;
let signalling: SignallingServer;
let origin: string;

beforeEach(async () => {
  signalling = createSignallingServer({
    media: {
      connect: (_app, { role, streamId }) =>
        network.connect(role === 'player' ? [`ARDAMSv${streamId}`, `ARDAMSa${streamId}`] : []),
    },
  });
  http = createServer();
  http.on('upgrade', signalling.upgrade);
  await new Promise<void>((resolve) => http.listen(0, resolve));
  origin = `ws://localhost:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await signalling.close();
  await new Promise((resolve) => http.close(resolve));
  expect(network.open).toBe(0);
  expect(signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0 });
});

/** A client that says what it is told to, and keeps what it hears. */
async function connect(path = '/live/websocket') {
  const webSocket = new WebSocket(`${origin}${path}`);
  const heard: Record<string, unknown>[] = [];
  webSocket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('error', reject);
  });
  return {
    webSocket,
    heard,
    send: (message: ClientMessage | string | Record<string, unknown>) =>
      webSocket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    hears: (message: Record<string, unknown>) =>
      vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining(message)), 10_000),
  };
}

/** The browser's half, over a real socket and fake media. */
function client(tracks: readonly string[] = ['v', 'a']) {
  const session = createClientSession({
    clock,
    rtc: rtcPerformer(({ role }) => network.connect(role === 'publisher' ? tracks : [])),
    dial(listener) {
      const webSocket = new WebSocket(`${origin}/live/websocket`);
      webSocket.on('open', () => listener.opened());
      webSocket.on('message', (data) => listener.received(String(data)));
      webSocket.on('close', () => listener.closed());
      webSocket.on('error', () => {});
      return {
        send: (text) => webSocket.readyState === webSocket.OPEN && webSocket.send(text),
        close: () => webSocket.close(),
      } as MessageSocket;
    },
  });
  return session;
}

test('a client publishes and another plays', async () => {
  const publisher = client();
  const player = client();
  const publishing = publisher.publish({ streamId: 'stream1' });
  await vi.waitFor(() => expect(publishing.getSnapshot().matches({ accepted: { media: 'publishing' } })).toBe(true));
  const playing = player.play({ streamId: 'stream1' });
  await vi.waitFor(() => expect(playing.getSnapshot().matches({ accepted: { media: 'playing' } })).toBe(true));
  publisher.close();
  player.close();
  void manualClock;
});

test('the seed: publish, start, stop', async () => {
  const { send, hears, webSocket } = await connect('//WebRTCApp/websocket/?target=origin?target=origin');
  send({ command: 'publish', streamId: 'stream1', token: 'tokenId' });
  await hears({ command: 'start', streamId: 'stream1' });
  send({ command: 'stop', streamId: 'stream1' });
  await hears({ definition: 'publish_finished', streamId: 'stream1' });
  webSocket.close();
});
