import { describe, expect, test } from 'vitest';
import { until, useServer, type Wire } from './wire.ts';

const server = useServer();
const { clock, connect, publish } = server;

const room = 'room1';
const notified = (definition: string, fields: object) => ({ command: 'notification', definition, ...fields });
const joinedTheRoom = (streamId: string, streams: readonly string[]) =>
  notified('joinedTheRoom', {
    streamId,
    streams,
    ATTR_ROOM_NAME: room,
    room,
    streamList: streams.map((id) => ({ streamId: id, streamName: '', metaData: '' })),
    maxTrackCount: -1,
  });
const left = notified('leavedFromRoom', { ATTR_ROOM_NAME: room, room, reason: 'stopped' });

async function join(streamId?: string, more: object = {}): Promise<Wire> {
  const wire = await connect();
  wire.send({ command: 'joinRoom', room, streamId, ...more });
  await wire.hears({ definition: 'joinedTheRoom' });
  return wire;
}

describe('the dialect of the seed', () => {
  test('joinRoom gives an id and the ids of the others, who learn of it', async () => {
    const a = await connect();
    a.send({ command: 'joinRoom', room });
    const [joined] = await a.news();
    expect(joined).toEqual(joinedTheRoom(String(joined?.streamId), []));
    expect(joined?.streamId).toMatch(/^[A-Za-z0-9]{12,}$/);
    const b = await connect();
    b.send({ command: 'joinRoom', room, streamId: 'b' });
    expect(await b.news()).toEqual([joinedTheRoom('b', [String(joined?.streamId)])]);
    expect(await a.news()).toEqual([notified('streamJoined', { streamId: 'b' })]);
  });

  test.each([null, '', 'null', 'undefined', 'not/an/id'])('streamId %j gives a fresh one', async (streamId) => {
    const wire = await connect();
    wire.send({ command: 'joinRoom', room, streamId });
    expect((await wire.news())[0]?.streamId).toMatch(/^[A-Za-z0-9]{12,}$/);
  });

  test('a play of a member that has not published yet waits for it', async () => {
    const a = await join('a');
    const b = await join('b');
    b.send({ command: 'play', streamId: 'a', room });
    await b.settle();
    expect(b.heard).not.toContainEqual(expect.objectContaining({ command: 'error' }));
    const connection = await publish(a, 'a');
    await b.hears({ command: 'takeConfiguration', type: 'offer', streamId: 'a' });
    connection.close();
  });

  test('a play of a member that never publishes is no_stream_exist, in time', async () => {
    await join('a');
    const b = await join('b');
    b.send({ command: 'play', streamId: 'a', room });
    await b.settle();
    clock.pass(10_000);
    await b.hears({ definition: 'no_stream_exist', streamId: 'a' });
  });

  test('a play again while it waits, as a client that retries does, changes nothing', async () => {
    const a = await join('a');
    const b = await join('b');
    b.send({ command: 'play', streamId: 'a', room });
    b.send({ command: 'stop', streamId: 'a' });
    b.send({ command: 'play', streamId: 'a', room });
    b.send({ command: 'play', streamId: 'a', room });
    const connection = await publish(a, 'a');
    await b.hears({ command: 'takeConfiguration', type: 'offer', streamId: 'a' });
    await b.settle();
    expect(b.heard.filter(({ type }) => type === 'offer')).toHaveLength(1);
    connection.close();
  });

  test('leaveFromRoom ends the member’s roles, and notifies the others in order', async () => {
    const a = await join('a');
    const b = await join('b');
    const ca = await publish(a, 'a');
    const cb = await publish(b, 'b');
    b.send({ command: 'play', streamId: 'a', room });
    a.send({ command: 'play', streamId: 'b', room });
    await a.hears({ type: 'offer', streamId: 'b' });
    await b.hears({ type: 'offer', streamId: 'a' });
    await b.news();
    a.send({ command: 'leaveFromRoom', room });
    await a.hears(left);
    await a.hears({ definition: 'publish_finished', streamId: 'a' });
    await a.hears({ definition: 'play_finished', streamId: 'b' });
    await b.hears({ definition: 'play_finished', streamId: 'a' });
    expect((await b.news()).map(({ definition }) => definition).filter(Boolean)).toEqual([
      'streamLeaved',
      'play_finished',
    ]);
    ca.close();
    cb.close();
  });

  test('a socket that dies leaves its rooms', async () => {
    const a = await join('a');
    const b = await join('b');
    b.webSocket.terminate();
    await a.hears(notified('streamLeaved', { streamId: 'b' }));
  });

  test('leaveFromRoom of a socket that is not in it is also confirmed, and no other is notified', async () => {
    const a = await join('a');
    await a.news();
    const stranger = await connect();
    stranger.send({ command: 'leaveFromRoom', room, streamId: 'a' });
    expect(await stranger.news()).toEqual([left]);
    expect(await a.news()).toEqual([]);
  });

  test('joining twice is once', async () => {
    const a = await join('a');
    const b = await join('b');
    await a.news();
    b.send({ command: 'joinRoom', room });
    expect((await b.news()).at(-1)).toEqual(joinedTheRoom('b', ['a']));
    expect(await a.news()).toEqual([]);
  });

  test('an id of another member, or of another publisher, is in use', async () => {
    await join('a');
    const thief = await connect();
    thief.send({ command: 'joinRoom', room, streamId: 'a' });
    expect(await thief.news()).toEqual([{ command: 'error', definition: 'streamIdInUse', streamId: 'a' }]);
    const publisher = await connect();
    const connection = await publish(publisher, 'live1');
    thief.send({ command: 'joinRoom', room, streamId: 'live1' });
    expect(await thief.news()).toEqual([{ command: 'error', definition: 'streamIdInUse', streamId: 'live1' }]);
    connection.close();
  });

  test('the id of a member can be published by that member only', async () => {
    await join('a');
    const thief = await connect();
    thief.send({ command: 'publish', streamId: 'a' });
    expect(await thief.news()).toEqual([{ command: 'error', definition: 'streamIdInUse', streamId: 'a' }]);
  });

  test('the same id in another room is another member, until it is published', async () => {
    await join('a');
    const other = await connect();
    other.send({ command: 'joinRoom', room: 'room2', streamId: 'a' });
    await other.hears({ definition: 'joinedTheRoom', room: 'room2', streamId: 'a' });
  });
});

describe('the dialect that polls', () => {
  const ask = { command: 'getRoomInfo', room, streamId: 'b' };

  test('getRoomInfo lists the live streams of the others, never its own', async () => {
    const a = await join('a', { streamName: 'Ann', metadata: '{"x":1}' });
    const b = await join('b');
    b.send(ask);
    await b.hears({ command: 'roomInformation', streams: [], streamList: [] });
    const ca = await publish(a, 'a');
    const cb = await publish(b, 'b');
    b.send(ask);
    await b.hears({
      command: 'roomInformation',
      room,
      ATTR_ROOM_NAME: room,
      streams: ['a'],
      streamList: [{ streamId: 'a', streamName: 'Ann', metaData: '{"x":1}' }],
    });
    ca.close();
    cb.close();
  });

  test('of an unknown room it is empty', async () => {
    const wire = await connect();
    wire.send({ command: 'getRoomInfo', room: 'nowhere' });
    expect(await wire.news()).toEqual([
      { command: 'roomInformation', room: 'nowhere', ATTR_ROOM_NAME: 'nowhere', streams: [], streamList: [] },
    ]);
  });
});

describe('the dialect of the main track', () => {
  const bring = (streamId: string) => ({ mainTrack: room, streamName: streamId.toUpperCase() });
  const playRoom = (userPublishId?: string) => ({ command: 'play', streamId: room, trackList: [], userPublishId });

  test('the room can be played by a member that is alone, and learns of others as they come and go', async () => {
    const a = await connect();
    const ca = await publish(a, 'a', bring('a'));
    a.send(playRoom('a'));
    await a.hears({ type: 'offer', streamId: room });
    await a.news();
    const b = await connect();
    const cb = await publish(b, 'b', bring('b'));
    await a.hears(notified('subtrackAdded', { trackId: 'b', mainTrack: room }));
    b.send({ command: 'stop', streamId: 'b' });
    await a.hears(notified('subtrackRemoved', { trackId: 'b', mainTrack: room }));
    expect(a.heard).not.toContainEqual(expect.objectContaining({ trackId: 'a' }));
    ca.close();
    cb.close();
  });

  test('a play that is sent right after the publish waits for the room', async () => {
    const a = await connect();
    a.send({ command: 'play', streamId: room, userPublishId: 'a' });
    await a.settle();
    expect(a.heard).toEqual([]);
    const ca = await publish(a, 'a', bring('a'));
    await a.hears({ type: 'offer', streamId: room });
    ca.close();
  });

  test('a room without members is no_stream_exist for a viewer', async () => {
    const wire = await connect();
    wire.send({ command: 'play', streamId: room });
    expect(await wire.news()).toEqual([
      { command: 'error', definition: 'no_stream_exist', error_code: '404', streamId: room },
    ]);
  });

  test('a second publisher of the same id is refused, and the room receives nothing of it', async () => {
    const a = await connect();
    const ca = await publish(a, 'a', bring('a'));
    const watcher = await join('w');
    await watcher.news();
    const thief = await connect();
    thief.send({ command: 'publish', streamId: 'a', mainTrack: room });
    await thief.hears({ definition: 'streamIdInUse' });
    expect(await watcher.news()).toEqual([]);
    ca.close();
  });
});

describe('members of different dialects', () => {
  test('see each other', async () => {
    const seed = await join('seed');
    const cs = await publish(seed, 'seed');
    const multi = await connect();
    const cm = await publish(multi, 'multi', { mainTrack: room });
    await seed.hears(notified('streamJoined', { streamId: 'multi' }));
    seed.send({ command: 'play', streamId: 'multi' });
    await seed.hears({ type: 'offer', streamId: 'multi' });
    multi.send({ command: 'play', streamId: room, userPublishId: 'multi' });
    await multi.hears({ type: 'offer', streamId: room });
    seed.send({ command: 'getRoomInfo', room });
    await seed.hears({ command: 'roomInformation', streams: ['multi'] });
    multi.send({ command: 'stop', streamId: 'multi' });
    await seed.hears(notified('streamLeaved', { streamId: 'multi' }));
    await seed.hears(notified('play_finished', { streamId: 'multi' }));
    seed.send({ command: 'leaveFromRoom', room });
    await multi.hears(notified('subtrackRemoved', { trackId: 'seed', mainTrack: room }));
    cs.close();
    cm.close();
  });
});

test('a room of 200 members that join at once', { timeout: 120_000 }, async () => {
  const wires = await Promise.all(Array.from({ length: 200 }, () => connect()));
  for (const [index, wire] of wires.entries()) wire.send({ command: 'joinRoom', room, streamId: `m${index}` });
  await Promise.all(wires.map((wire) => wire.hears({ definition: 'joinedTheRoom' })));
  await until(() => {
    for (const { heard } of wires) {
      const known = heard.flatMap(({ definition, streams, streamId }) =>
        definition === 'joinedTheRoom' ? (streams as string[]) : definition === 'streamJoined' ? [streamId] : [],
      );
      expect(new Set(known).size).toBe(199);
      expect(known).toHaveLength(199);
    }
  });
});

test('a storm of 1 000 sockets that join and leave leaves nothing behind', { timeout: 120_000 }, async () => {
  const random = lehmer(7);
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  for (let round = 0; round < 200; round += 1) {
    const wires = await Promise.all(Array.from({ length: 5 }, () => connect()));
    for (let turn = 0; turn < 30; turn += 1) {
      const wire = pick(wires);
      if (wire.webSocket.readyState !== wire.webSocket.OPEN) continue;
      const streamId = pick(['a', 'b', 'c']);
      const name = pick(['r1', 'r2']);
      wire.send(
        pick([
          { command: 'joinRoom', room: name, streamId },
          { command: 'leaveFromRoom', room: name },
          { command: 'publish', streamId },
          { command: 'publish', streamId, mainTrack: name },
          { command: 'play', streamId },
          { command: 'play', streamId: name, userPublishId: streamId },
          { command: 'stop', streamId },
          { command: 'stop', streamId: name },
          { command: 'join', streamId },
          { command: 'leave', streamId },
          { command: 'getRoomInfo', room: name },
          { command: 'enableTrack', streamId: name, trackId: streamId, enabled: random() < 0.5 },
        ]),
      );
      if (random() < 0.03) wire.webSocket.terminate();
      if (random() < 0.03) clock.pass(1_500);
    }
    for (const { webSocket } of wires) webSocket.terminate();
    await until(() =>
      expect(server.signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 }),
    );
  }
});

/** Numbers between 0 and 1 that are the same in every run. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
