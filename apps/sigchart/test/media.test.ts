import { conversations } from '@sigchart/conformance';
import { ownTracks } from '@sigchart/core/machines';
import type { Media } from '@sigchart/server';
import type { PeerConnectionLike } from '@sigchart/webrtc';
import { createMedia } from '@sigchart/werift';
import { afterEach, expect, test } from 'vitest';
import { serverAt } from '../src/address.ts';
import { conform } from '../src/conform.ts';
import { serveWrong } from './serve.ts';
import type { Wrong } from './wrong.ts';

const nothing: Wrong = { what: 'nothing', foundBy: '' };

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Open = Parameters<Media['connect']>[1];

/** A server with real media of which `spoil` changes each connection, and `reopen` what it is opened for. */
async function failed(
  only: RegExp,
  wrong: Wrong,
  spoil: (connection: PeerConnectionLike, role: string) => PeerConnectionLike,
  reopen: (open: Open) => Open = (open) => open,
) {
  const media = createMedia();
  const wrongMedia: Media = {
    ...media,
    connect: async (app, open) => spoil((await media.connect(app, reopen(open))) as PeerConnectionLike, open.role),
  };
  const served = await serveWrong(wrong, { media: wrongMedia });
  stops.push(served.stop, media.close);
  const server = serverAt(new URL(`ws://localhost:${served.port}/live/websocket`), {
    timeoutMs: 10_000,
    insecure: false,
  });
  const results = await conform(
    conversations.filter(({ id }) => only.test(id)),
    server,
    { timeoutMs: 5_000, parallel: 6 },
  );
  return results.filter(({ passed }) => !passed).map((result) => [result.case.id, result.divergence?.received]);
}

const right = (connection: PeerConnectionLike) => connection;

/** Sends another description instead of one of a type. */
const saying = (type: 'offer' | 'answer', change: (sdp: string) => string, more: object = {}): Wrong => ({
  what: '',
  foundBy: '',
  says: (message) =>
    message.command === 'takeConfiguration' && message.type === type
      ? [{ ...message, sdp: change(String(message.sdp)), ...more }]
      : [message],
});

test('a right server passes', async () => {
  expect(await failed(/^(media|description)\//, nothing, right)).toEqual([]);
});

test.each(['audio', 'video'] as const)('a server that forwards no %s is found out', async (kind) => {
  const silent = (connection: PeerConnectionLike, role: string) => {
    if (role !== 'player') return connection;
    const { setRemoteDescription } = connection;
    connection.setRemoteDescription = async (description) => {
      await setRemoteDescription.call(connection, description);
      for (const { sender } of connection.getTransceivers())
        if (sender.track !== null) connection.setEnabled?.(sender.track.id, kind, false);
    };
    return connection;
  };
  expect(await failed(/^media\/player$/, nothing, silent)).toEqual([['media/player', `no ${kind}`]]);
});

test('a server that forwards the media of another stream is found out', async () => {
  const other: Readonly<Record<string, string>> = { 1: '2', 2: '1' };
  const crossed = (open: Open): Open =>
    open.role === 'player'
      ? { ...open, tracks: [ownTracks(open.streamId.replace(/[12]$/, (last) => other[last] ?? last))] }
      : open;
  const [found] = await failed(/^media\/two-streams$/, nothing, right, crossed);
  expect(found).toEqual(['media/two-streams', 'audio of another stream and video of another stream']);
});

test('a server that keeps sending after a stop is detected', async () => {
  const endless = (connection: PeerConnectionLike, role: string) => {
    if (role === 'player') {
      const { close } = connection;
      stops.unshift(async () => close.call(connection));
      connection.close = () => {};
    }
    return connection;
  };
  const [found] = await failed(/^media\/stops-with-the-player$/, nothing, endless);
  expect(found).toEqual(['media/stops-with-the-player', expect.stringMatching(/^\d+ packets$/)]);
});

test.each([
  [
    'answers a sender as a sender',
    'description/answer',
    saying('answer', (sdp) => sdp.replace('a=recvonly', 'a=sendrecv')),
    /sendrecv/,
  ],
  [
    'bundles what was not offered',
    'description/answer',
    saying('answer', (sdp) => sdp.replace('BUNDLE', 'BUNDLE x')),
    /BUNDLE names x/,
  ],
  [
    'answers actpass',
    'description/answer',
    saying('answer', (sdp) => sdp.replaceAll(/setup:\w+/g, 'setup:actpass')),
    /setup:actpass/,
  ],
  [
    'maps no section',
    'description/offer',
    saying('offer', (sdp) => sdp, { idMapping: { x: 'ARDAMSvx' } }),
    /idMapping names x/,
  ],
  ['names no stream', 'description/offer', saying('offer', (sdp) => sdp.replaceAll(/^a=msid:.*\r\n/gm, '')), /a=msid/],
] as const)('a server that %s is found out', async (_, id, wrong, received) => {
  const found = await failed(new RegExp(`^${id}$`), wrong, right);
  expect(found).toEqual([[id, expect.stringMatching(received)]]);
});

test.each([
  ['names a section that is none', { label: 7 }, /label 7 is no section/],
  ['names another section as id', { id: 'x' }, /and id is x/],
] as const)('a server whose candidate %s is found out', async (_, change, received) => {
  const wrong: Wrong = {
    what: '',
    foundBy: '',
    says: (message) => [message.command === 'takeCandidate' ? { ...message, ...change } : message],
  };
  const found = await failed(/^description\/candidates$/, wrong, right);
  expect(found).toEqual([['description/candidates', expect.stringMatching(received)]]);
});
