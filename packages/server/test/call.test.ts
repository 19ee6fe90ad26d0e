import { describe, expect, test } from 'vitest';
import { until, useServer, type Wire } from './wire.ts';

const { clock, connect } = useServer();

const streamId = 'call1';
const join = { command: 'join', streamId };
const joined = { command: 'notification', definition: 'joined', streamId };
const leaved = { command: 'notification', definition: 'leaved', streamId };
const start = { command: 'start', streamId };
const stop = { command: 'stop', streamId };
const offer = { command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0' };
const answer = { command: 'takeConfiguration', streamId, type: 'answer', sdp: 'v=0' };
const candidate = { command: 'takeCandidate', streamId, label: 0, id: '0', candidate: 'candidate:1' };
const failed = (definition: string) => ({ command: 'error', definition, streamId });

async function pair(): Promise<[Wire, Wire]> {
  const [a, b] = [await connect(), await connect()];
  a.send(join);
  expect(await a.news()).toEqual([joined]);
  b.send(join);
  expect(await b.news()).toEqual([joined]);
  expect(await a.news()).toEqual([start]);
  return [a, b];
}

test('the first of two receives start, and all messages reach the other unchanged', async () => {
  const [a, b] = await pair();
  a.send(offer);
  a.send(candidate);
  await a.settle();
  expect(await b.news()).toEqual([offer, candidate]);
  b.send(answer);
  b.send({ ...candidate, label: '1', id: 'audio' });
  b.send({ command: 'peerMessageCommand', streamId, definition: 'chat', data: { text: 'hello' } });
  await b.settle();
  expect(await a.news()).toEqual([
    answer,
    { ...candidate, label: 1, id: 'audio' },
    { command: 'peerMessageCommand', streamId, definition: 'chat', data: { text: 'hello' } },
  ]);
});

test('a call and a stream of the same id do not know of each other', async () => {
  const [a] = await pair();
  const viewer = await connect();
  viewer.send({ command: 'play', streamId });
  expect(await viewer.news()).toEqual([{ ...failed('no_stream_exist'), error_code: '404' }]);
  expect(await a.news()).toEqual([]);
});

describe('leave', () => {
  test('is confirmed, and the other receives stop and is first for the next', async () => {
    const [a, b] = await pair();
    a.send({ command: 'leave', streamId });
    expect(await a.news()).toEqual([leaved]);
    expect(await b.news()).toEqual([stop]);
    const c = await connect();
    c.send(join);
    expect(await c.news()).toEqual([joined]);
    expect(await b.news()).toEqual([start]);
  });

  test('of the second makes the first wait again', async () => {
    const [a, b] = await pair();
    b.send({ command: 'leave', streamId });
    expect(await b.news()).toEqual([leaved]);
    expect(await a.news()).toEqual([stop]);
    b.send(join);
    await b.settle();
    expect(await a.news()).toEqual([start]);
  });

  test('by stop is not confirmed', async () => {
    const [a, b] = await pair();
    a.send(stop);
    expect(await a.news()).toEqual([]);
    expect(await b.news()).toEqual([stop]);
  });

  test('by a dead socket also notifies the other', async () => {
    const [a, b] = await pair();
    a.webSocket.terminate();
    await b.hears(stop);
    a.webSocket.terminate();
    const c = await connect();
    c.send(join);
    await b.hears(start);
  });

  test('from a socket that was never in it is no_peer_associated_before', async () => {
    const wire = await connect();
    wire.send({ command: 'leave', streamId });
    expect(await wire.news()).toEqual([failed('no_peer_associated_before')]);
  });

  test('a second time is late, and ignored', async () => {
    const [a] = await pair();
    a.send({ command: 'leave', streamId });
    a.send({ command: 'leave', streamId });
    expect(await a.news()).toEqual([leaved]);
  });
});

describe('a peer that is alone', () => {
  test('receives no_peer_associated_before while it is alone', async () => {
    const a = await connect();
    a.send(join);
    a.send(offer);
    a.send(candidate);
    expect(await a.news()).toEqual([joined, failed('no_peer_associated_before'), failed('no_peer_associated_before')]);
  });

  test('receives nothing about candidates for two seconds after the other left', async () => {
    const [a, b] = await pair();
    b.send({ command: 'leave', streamId });
    await b.settle();
    a.send(candidate);
    expect(await a.news()).toEqual([stop]);
    clock.pass(2_000);
    a.send(candidate);
    expect(await a.news()).toEqual([failed('no_peer_associated_before')]);
  });
});

describe('a socket that joins twice', () => {
  test('is in it once', async () => {
    const a = await connect();
    a.send(join);
    a.send(join);
    expect(await a.news()).toEqual([joined, joined]);
    const b = await connect();
    b.send(join);
    await b.settle();
    expect(await a.news()).toEqual([start]);
  });
});

describe('a third', () => {
  test('is refused, and the two continue', async () => {
    const [a, b] = await pair();
    const c = await connect();
    c.send({ ...join, multiPeer: false, mode: 'play or both' });
    await c.hears(failed('NoSpaceForNewPeer'));
    a.send(offer);
    await a.settle();
    expect(await b.news()).toEqual([offer]);
    c.send(candidate);
    expect((await c.news()).slice(1)).toEqual([]);
  });

  test('takes the place of a peer that lost its network', async () => {
    const [a, b] = await pair();
    a.webSocket.pause();
    const c = await connect();
    c.send(join);
    await c.settle();
    // The living one answers its ping at once, the other never.
    await b.settle();
    clock.pass(1_500);
    await c.hears(joined);
    expect(await b.news()).toEqual([stop, start]);
    a.webSocket.terminate();
    b.send(offer);
    await c.hears(offer);
  });

  test('that asks twice is in the call once it has the place', async () => {
    const [a, b] = await pair();
    a.webSocket.pause();
    const c = await connect();
    c.send(join);
    c.send(join);
    await c.settle();
    await b.settle();
    clock.pass(1_500);
    await c.hears(joined);
    c.send(answer);
    await b.hears(answer);
    c.webSocket.terminate();
    await until(() => expect(b.heard.filter(({ command }) => command === 'stop')).toHaveLength(2));
    a.webSocket.terminate();
  });
});

describe('the same id on one socket', () => {
  test('published, cannot be joined', async () => {
    const wire = await connect();
    wire.send({ command: 'publish', streamId });
    wire.send(join);
    expect(await wire.news()).toEqual([start, failed('already_publishing')]);
  });

  test('joined, can be neither published nor played', async () => {
    const wire = await connect();
    wire.send(join);
    wire.send({ command: 'publish', streamId });
    wire.send({ command: 'play', streamId });
    expect(await wire.news()).toEqual([joined, failed('already_publishing'), failed('already_playing')]);
  });
});

test('messages of a stranger about a call change nothing', async () => {
  const [a, b] = await pair();
  const stranger = await connect();
  for (const message of [offer, answer, candidate, { command: 'leave', streamId }, stop]) stranger.send(message);
  expect(await stranger.news()).toEqual(Array.from({ length: 4 }, () => failed('no_peer_associated_before')));
  expect(await a.news()).toEqual([]);
  expect(await b.news()).toEqual([]);
});
