import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manualClock } from '@sigchart/core/testing';
import { createSignallingServer, type SignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Peer, until } from '../../../../packages/werift/src/test/remote.ts';

const offer = readFileSync(
  new URL('../../../../packages/werift/src/sdp/golden/chromium-offer.sdp', import.meta.url),
  'utf8',
);
const media = createMedia({ bindAddress: '127.0.0.1' });
const clock = manualClock();
const peers: Peer[] = [];
let signalling: SignallingServer;
let http: Server;
let before: Record<string, number>;

/** Resources that keep this process alive, to find those that a server leaves. */
const resources = () => {
  const all = process.getActiveResourcesInfo();
  return Object.fromEntries(
    ['UDPWrap', 'Timeout', 'TCPSocketWrap'].map((name) => [name, all.filter((each) => each === name).length]),
  );
};

beforeEach(async () => {
  before = resources();
  signalling = createSignallingServer({ media, clock });
  http = createServer();
  http.on('upgrade', signalling.upgrade);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});

/** No client sends a leave: the server must detect clients that vanished. */
afterEach(async () => {
  await vi.waitFor(
    () => {
      expect(signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
      expect(media.open).toEqual({ connections: 0, sources: 0, sockets: 0 });
      expect(clock.running).toBe(0);
    },
    { timeout: 10_000 },
  );
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await new Promise((resolve) => http.close(resolve));
  // Two timers of each handshake stay for a while: werift looks a last time whether it has to be repeated.
  await until(
    () => Object.entries(resources()).every(([name, count]) => count <= (before[name] ?? 0)),
    'sockets and timers as before',
  );
});

async function connect() {
  const webSocket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/live/websocket`);
  const heard: Record<string, unknown>[] = [];
  webSocket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await once(webSocket, 'open');
  return {
    heard,
    send: (message: object) => webSocket.send(JSON.stringify({ streamId: 'stream1', ...message })),
    hears: (fields: object) =>
      vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining(fields)), { timeout: 10_000 }),
    vanish: () => webSocket.terminate(),
  };
}

/** Publishes audio, until that is connected. */
async function publish() {
  const [wire, peer] = [await connect(), new Peer()];
  peers.push(peer);
  peer.connection.addTransceiver('audio', { direction: 'sendonly' });
  wire.send({ command: 'publish' });
  await wire.hears({ command: 'start' });
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  wire.send({ command: 'takeConfiguration', type: 'offer', sdp: peer.connection.localDescription?.sdp });
  await wire.hears({ command: 'takeConfiguration', type: 'answer' });
  const { sdp } = wire.heard.find(({ type }) => type === 'answer') as { sdp: string };
  await peer.connection.setRemoteDescription({ type: 'answer', sdp });
  await wire.hears({ definition: 'publish_started' });
  return wire;
}

test('a publisher that vanishes while its offer is applied leaves nothing behind', async () => {
  const wire = await connect();
  wire.send({ command: 'publish' });
  await wire.hears({ command: 'start' });
  wire.send({ command: 'takeConfiguration', type: 'offer', sdp: offer });
  wire.vanish();
});

test('a publisher that vanishes between the answer and its media leaves nothing behind', async () => {
  const wire = await connect();
  wire.send({ command: 'publish' });
  await wire.hears({ command: 'start' });
  wire.send({ command: 'takeConfiguration', type: 'offer', sdp: offer });
  await wire.hears({ command: 'takeConfiguration', type: 'answer' });
  expect(media.open).toEqual({ connections: 1, sources: 1, sockets: 1 });
  wire.vanish();
});

test('a player that never answers is ended and leaves nothing behind, and its publisher continues', async () => {
  const publisher = await publish();
  const player = await connect();
  player.send({ command: 'play' });
  await player.hears({ command: 'takeConfiguration', type: 'offer' });
  expect(media.open).toMatchObject({ connections: 2, sockets: 2 });
  clock.pass(10_000);
  await player.hears({ definition: 'play_finished' });
  await vi.waitFor(() => expect(media.open).toEqual({ connections: 1, sources: 1, sockets: 1 }));
  expect(signalling.counts).toMatchObject({ roles: 1, streams: 1 });
  publisher.vanish();
  player.vanish();
});

test.each([
  ['that is no description', 'garbage'],
  ['without ICE credentials', offer.replaceAll(/a=ice-pwd.*\r\n/g, '')],
  ['of a megabyte', `${offer}${'a=x:y\r\n'.repeat(150_000)}`],
])('an offer %s leaves nothing behind', async (_, sdp) => {
  const wire = await connect();
  wire.send({ command: 'publish' });
  await wire.hears({ command: 'start' });
  wire.send({ command: 'takeConfiguration', type: 'offer', sdp });
  wire.send({ command: 'ping' });
  await wire.hears({ command: 'pong' });
  wire.vanish();
});

test('frames of a megabyte leave nothing behind, and harm no publisher on the same socket', async () => {
  const wire = await publish();
  for (const command of ['takeCandidate', 'takeConfiguration', 'publish', 'play', 'dance'])
    wire.send({ command, candidate: 'x'.repeat(524_288), sdp: 'x'.repeat(524_288), type: 'offer' });
  wire.send({ command: 'ping' });
  await wire.hears({ command: 'pong' });
  expect(wire.heard).not.toContainEqual(expect.objectContaining({ definition: 'publish_finished' }));
  expect(media.open).toEqual({ connections: 1, sources: 1, sockets: 1 });
  wire.vanish();
});
