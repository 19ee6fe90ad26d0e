import { beforeEach, expect, test } from 'vitest';
import type { StreamNotification } from '../src/index.ts';
import { pairHalf } from '../src/webhook/pair.ts';
import { until, useServer, type Wire } from './wire.ts';

const told: StreamNotification[] = [];
beforeEach(() => {
  told.length = 0;
});

const server = useServer({ notify: (notification) => told.push(notification) });
const { network } = server;

const actions = () => told.map(({ action, streamId }) => `${action} ${streamId}`);

interface Message {
  readonly command: string;
  readonly streamId: string;
  readonly type?: string;
  readonly sdp: string;
}

/** Makes a client answer by itself, so that everything it publishes or plays has media. Returns a function that stops it. */
function withMedia(wire: Wire): () => void {
  const connections = new Map<string, ReturnType<typeof network.connect>>();
  const open = (key: string, tracks: readonly string[]) => {
    connections.get(key)?.close();
    const connection = network.connect(tracks);
    connections.set(key, connection);
    return connection;
  };
  const candidate = (streamId: string) =>
    wire.send({ command: 'takeCandidate', streamId, label: 0, id: '0', candidate: 'mine' });
  async function react({ command, streamId, type, sdp }: Message) {
    if (command === 'start') {
      const connection = open(`publish ${streamId}`, ['v', 'a']);
      const offer = await connection.createOffer();
      await connection.setLocalDescription({ type: 'offer', sdp: offer.sdp ?? '' });
      wire.send({ command: 'takeConfiguration', streamId, type: 'offer', sdp: offer.sdp });
    } else if (command === 'takeConfiguration' && type === 'answer') {
      await connections.get(`publish ${streamId}`)?.setRemoteDescription({ type: 'answer', sdp });
      candidate(streamId);
    } else if (command === 'takeConfiguration' && type === 'offer') {
      const connection = open(`play ${streamId}`, []);
      await connection.setRemoteDescription({ type: 'offer', sdp });
      const answer = await connection.createAnswer();
      await connection.setLocalDescription({ type: 'answer', sdp: answer.sdp ?? '' });
      wire.send({ command: 'takeConfiguration', streamId, type: 'answer', sdp: answer.sdp });
      candidate(streamId);
    }
  }
  // Messages too late for their connection do not matter here.
  wire.webSocket.on('message', (data) => void react(JSON.parse(String(data))).catch(() => {}));
  return () => {
    wire.webSocket.terminate();
    for (const connection of connections.values()) connection.close();
  };
}

test('a stream that ends is left by its room, then by its players, and then has ended', async () => {
  const [a, b] = [await server.connect(), await server.connect()];
  const ends = [withMedia(a), withMedia(b)];
  a.send({ command: 'publish', streamId: 'one', mainTrack: 'room', streamName: 'The first', metaData: 'm' });
  await a.hears({ definition: 'publish_started' });
  b.send({ command: 'play', streamId: 'one', subscriberId: 'ben' });
  await b.hears({ definition: 'play_started' });
  expect(server.signalling.live.end('live', 'one')).toBe(true);
  await b.hears({ definition: 'play_finished' });
  await until(() => expect(told).toHaveLength(8));
  expect(actions().toSorted()).toEqual(
    [
      'firstActiveTrackAddedInMainTrack one',
      'liveStreamEnded one',
      'liveStreamStarted one',
      'noActiveSubtracksLeftInMainTrack one',
      'playStarted one',
      'playStopped one',
      'subtrackAddedInTheMainTrack one',
      'subtrackLeftTheMainTrack one',
    ].toSorted(),
  );
  expect(actions().slice(-4)).toEqual([
    'subtrackLeftTheMainTrack one',
    'noActiveSubtracksLeftInMainTrack one',
    'playStopped one',
    'liveStreamEnded one',
  ]);
  expect(told.find(({ action }) => action === 'liveStreamStarted')).toMatchObject({
    app: 'live',
    mainTrack: 'room',
    streamName: 'The first',
    metaData: 'm',
  });
  expect(told.find(({ action }) => action === 'playStopped')).toMatchObject({ subscriberId: 'ben' });
  for (const end of ends) end();
});

test('who has played a room is known when it leaves', async () => {
  const [a, b] = [await server.connect(), await server.connect()];
  const ends = [withMedia(a), withMedia(b)];
  a.send({ command: 'publish', streamId: 'one', mainTrack: 'room' });
  await a.hears({ definition: 'publish_started' });
  b.send({ command: 'play', streamId: 'room', subscriberId: 'ben' });
  await b.hears({ definition: 'play_started' });
  b.send({ command: 'leaveFromRoom', room: 'room' });
  await until(() => expect(actions()).toContain('playStopped room'));
  for (const action of ['playStarted', 'playStopped'])
    expect(told.find((notification) => notification.action === action)).toMatchObject({ subscriberId: 'ben' });
  for (const end of ends) end();
});

/** Numbers between 0 and 1 that are the same in every run. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('in a storm every start has its end, and comes before it', async () => {
  const random = lehmer(11);
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  for (let round = 0; round < 20; round += 1) {
    const wires = await Promise.all(Array.from({ length: 5 }, () => server.connect()));
    const ends = wires.map(withMedia);
    for (let turn = 0; turn < 40; turn += 1) {
      const wire = pick(wires);
      const streamId = pick(['a', 'b', 'c']);
      const room = pick(['r1', 'r2']);
      if (random() < 0.1) server.signalling.live.end('live', pick([streamId, room]));
      if (random() < 0.03) wire.webSocket.terminate();
      if (wire.webSocket.readyState !== wire.webSocket.OPEN) continue;
      wire.send(
        pick([
          { command: 'publish', streamId },
          { command: 'publish', streamId, mainTrack: room },
          { command: 'play', streamId },
          { command: 'play', streamId },
          { command: 'play', streamId: room, userPublishId: streamId },
          { command: 'joinRoom', room, streamId },
          { command: 'leaveFromRoom', room },
          { command: 'stop', streamId },
        ]),
      );
      if (random() < 0.5) await wire.settle();
    }
    for (const end of ends) end();
    await until(() =>
      expect(server.signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 }),
    );
  }
  const begun = new Set<string>();
  for (const notification of told) {
    const half = pairHalf(notification);
    if (half === undefined) continue;
    expect([notification, begun.has(half.key)]).toEqual([notification, !half.begins]);
    if (half.begins) begun.add(half.key);
    else begun.delete(half.key);
  }
  expect([...begun]).toEqual([]);
  for (const action of ['liveStreamStarted', 'playStarted', 'subtrackAddedInTheMainTrack'])
    expect(told.filter((notification) => notification.action === action).length).toBeGreaterThan(10);
});
