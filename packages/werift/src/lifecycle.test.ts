import type { PeerConnectionLike } from '@sigchart/webrtc';
import { afterEach, describe, expect, test } from 'vitest';
import type { StunProtocol } from 'werift';
import { createMedia } from './index.ts';
import { golden } from './test/golden.ts';
import { Peer, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });

afterEach(() => media.close());

const none = { connections: 0, sources: 0, sockets: 0 };
const count = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length;
const publisher = () => media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });

describe('closing', () => {
  test('leaves nothing behind', async () => {
    const before = { sockets: count('UDPWrap'), timers: count('Timeout') };
    const published = await publish(media, 'stream');
    const players = [await play(media, 'stream'), await play(media, 'stream')];
    expect(media.open).toEqual({ connections: 3, sources: 1, sockets: 3 });
    await Promise.all([published, ...players].map(({ peer }) => peer.close()));
    await Promise.all([published, ...players].map(({ server }) => server.close()));
    expect(media.open).toEqual(none);
    await until(() => count('UDPWrap') <= before.sockets, 'sockets gone');
    // Two of each handshake: werift looks a last time whether it has to be repeated.
    await until(() => count('Timeout') <= before.timers, 'timers gone');
  });

  test('twice is as good as once', async () => {
    const server = await publisher();
    await server.setRemoteDescription({ type: 'offer', sdp: golden('chromium-offer') });
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(server.connectionState).toBe('closed');
    expect(media.open).toEqual(none);
  });

  test('is possible at any time', async () => {
    const steps: readonly ((server: PeerConnectionLike) => Promise<unknown>)[] = [
      (server) => server.setRemoteDescription({ type: 'offer', sdp: golden('chromium-offer') }),
      (server) => server.createAnswer(),
      (server) => server.setLocalDescription({ type: 'answer', sdp: '' }),
      () => new Promise((resolve) => setTimeout(resolve, 50)),
    ];
    for (let closed = 0; closed <= steps.length; closed += 1) {
      const server = await publisher();
      for (const step of steps.slice(0, closed)) await step(server);
      const last = steps[closed]?.(server).catch(() => {});
      await server.close();
      await last;
      expect(media.open).toEqual(none);
    }
  });

  test('makes operations reject', async () => {
    const server = await publisher();
    await server.close();
    const description = { type: 'offer', sdp: golden('chromium-offer') } as const;
    await expect(server.setRemoteDescription(description)).rejects.toThrow('closed');
    await expect(server.createAnswer()).rejects.toThrow('closed');
    await expect(server.setLocalDescription({ type: 'answer', sdp: '' })).rejects.toThrow('closed');
  });

  test('of one publisher leaves the stream to another that has taken its id', async () => {
    const first = await publish(media, 'stream');
    const second = await publish(media, 'stream', { audio: false });
    await first.server.close();
    expect(media.streamInfo('live', 'stream')).toBeDefined();
    const player = await media.connect('live', { type: 'rtc.open', role: 'player', streamId: 'stream' });
    await player.createOffer();
    expect(player.getTransceivers().length).toBe(1);
    await second.server.close();
    expect(media.streamInfo('live', 'stream')).toBeUndefined();
    await Promise.all([first, second].map(({ peer }) => peer.close()));
  });

  test('is announced to the remote', async () => {
    const other = createMedia({ bindAddress: '127.0.0.1' });
    const offering = await media.connect('live', { type: 'rtc.open', role: 'player', streamId: 'stream' });
    const answering = await other.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    await offering.setLocalDescription({ type: 'offer', sdp: (await offering.createOffer()).sdp ?? '' });
    await answering.setRemoteDescription({ type: 'offer', sdp: offering.localDescription?.sdp ?? '' });
    await answering.setLocalDescription({ type: 'answer', sdp: (await answering.createAnswer()).sdp ?? '' });
    await offering.setRemoteDescription({ type: 'answer', sdp: answering.localDescription?.sdp ?? '' });
    const states: string[] = [];
    answering.addEventListener('connectionstatechange', () => states.push(answering.connectionState));
    await until(() => [offering, answering].every((end) => end.connectionState === 'connected'), 'connected');
    await offering.close();
    await until(() => answering.connectionState === 'failed', 'the goodbye');
    expect(states.at(-1)).toBe('failed');
    await other.close();
  });
});

test('a peer that falls silent is disconnected, and connected again when it is back', async () => {
  const { peer, server } = await publish(media, 'stream', { audio: false, video: false });
  // All of its sockets: media would continue over any other that answers.
  const { protocols } = peer.transport.iceTransport.connection as unknown as {
    readonly protocols: readonly StunProtocol[];
  };
  const sockets = protocols.map(({ transport }) => ({ transport, onData: transport.onData, send: transport.send }));
  expect(sockets.length).toBeGreaterThan(0);
  for (const { transport } of sockets) Object.assign(transport, { onData: () => {}, send: async () => {} });
  await until(() => server.connectionState === 'disconnected', 'the silence noticed');
  for (const { transport, onData, send } of sockets) Object.assign(transport, { onData, send });
  await until(() => server.connectionState === 'connected', 'the return noticed');
  await peer.close();
});

test('a remote without media stays connected', async () => {
  const { peer, server } = await publish(media, 'stream', { audio: false, video: false });
  const states: string[] = [];
  server.addEventListener('connectionstatechange', () => states.push(server.connectionState));
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(states).toEqual([]);
  await peer.close();
});

test('a peer that never comes keeps nothing', async () => {
  const server = await publisher();
  const peer = new Peer();
  peer.connection.addTransceiver('audio', { direction: 'sendonly' });
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  await server.setRemoteDescription({ type: 'offer', sdp: peer.connection.localDescription?.sdp ?? '' });
  await server.setLocalDescription({ type: 'answer', sdp: (await server.createAnswer()).sdp ?? '' });
  await peer.close();
  expect(server.connectionState).toBe('connecting');
  await server.close();
  expect(media.open).toEqual(none);
});
