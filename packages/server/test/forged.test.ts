import { expect, test } from 'vitest';
import { useServer, type Wire } from './wire.ts';

const server = useServer();
const { connect, network, publish } = server;

const sdp = 'v=0\r\na=ice-ufrag:stranger\r\n';

/** Everything that ends or changes what another socket has, if it were its own. */
const forged = (id: string) => [
  { command: 'stop', streamId: id },
  { command: 'leave', streamId: id },
  { command: 'leaveFromRoom', room: id, streamId: id, mainTrack: id },
  { command: 'takeConfiguration', streamId: id, type: 'offer', sdp },
  { command: 'takeConfiguration', streamId: id, type: 'answer', sdp },
  { command: 'takeCandidate', streamId: id, label: 0, id: '0', candidate: 'candidate:1' },
  { command: 'updateStreamMetaData', streamId: id, metaData: 'forged' },
  { command: 'enableTrack', streamId: id, trackId: id, enabled: false },
  { command: 'toggleVideo', streamId: id, enabled: false },
  { command: 'toggleAudio', streamId: id, enabled: false },
  { command: 'peerMessageCommand', streamId: id, definition: 'chat', data: 'forged' },
];

async function play(wire: Wire, streamId: string) {
  wire.send({ command: 'play', streamId });
  await wire.hears({ type: 'offer', streamId });
}

test('messages of a stranger about others’ streams, players, rooms and calls change nothing', async () => {
  const [publisher, player, member, first, second] = await Promise.all([
    connect(),
    connect(),
    connect(),
    connect(),
    connect(),
  ]);
  const connection = await publish(publisher, 's1', { metaData: 'true' });
  await play(player, 's1');
  member.send({ command: 'joinRoom', room: 'r1', streamId: 'm1' });
  await member.hears({ definition: 'joinedTheRoom' });
  for (const peer of [first, second]) {
    peer.send({ command: 'join', streamId: 'c1' });
    await peer.hears({ definition: 'joined' });
  }
  const others = [publisher, player, member, first, second];
  for (const other of others) await other.news();
  const { counts } = server.signalling;
  const { open } = network;

  const stranger = await connect();
  for (const message of ['s1', 'm1', 'r1', 'c1'].flatMap(forged)) stranger.send(message);
  await stranger.settle();

  for (const other of others) expect(await other.news()).toEqual([]);
  expect(server.signalling.counts).toEqual({ ...counts, sockets: counts.sockets + 1 });
  expect(network.open).toBe(open);
  stranger.send({ command: 'getBroadcastObject', streamId: 's1' });
  await stranger.hears({ definition: 'broadcastObject' });
  const { broadcast } = stranger.heard.at(-1) as { broadcast: string };
  expect(JSON.parse(broadcast)).toMatchObject({ status: 'broadcasting', metaData: 'true', webRTCViewerCount: 1 });
  await play(stranger, 's1');
  connection.close();
});

test('a passive member of a room cannot end the roles of other members', async () => {
  const [a, b] = await Promise.all([connect(), connect()]);
  for (const [wire, streamId] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    wire.send({ command: 'joinRoom', room: 'r1', streamId });
    await wire.hears({ definition: 'joinedTheRoom' });
  }
  const connection = await publish(a, 'a');
  await a.news();
  for (const message of forged('a').filter(({ command }) => command !== 'leaveFromRoom')) b.send(message);
  b.send({ command: 'publish', streamId: 'a' });
  await b.hears({ definition: 'streamIdInUse', streamId: 'a' });
  expect(await a.news()).toEqual([]);
  connection.close();
});

test('a stream, a room and a call of one id do not know of each other', async () => {
  const [publisher, member, first, second] = await Promise.all([connect(), connect(), connect(), connect()]);
  const connection = await publish(publisher, 'x');
  member.send({ command: 'joinRoom', room: 'x', streamId: 'm1' });
  await member.hears({ definition: 'joinedTheRoom' });
  for (const peer of [first, second]) {
    peer.send({ command: 'join', streamId: 'x' });
    await peer.hears({ definition: 'joined' });
  }
  expect(server.signalling.counts).toMatchObject({ calls: 1, rooms: 1 });
  for (const wire of [publisher, member, first, second]) await wire.news();

  second.send({ command: 'leave', streamId: 'x' });
  await second.hears({ definition: 'leaved' });
  expect(await first.news()).toEqual([{ command: 'stop', streamId: 'x' }]);
  member.send({ command: 'leaveFromRoom', room: 'x' });
  await member.hears({ definition: 'leavedFromRoom' });
  expect(await publisher.news()).toEqual([]);

  const player = await connect();
  await play(player, 'x');
  publisher.send({ command: 'stop', streamId: 'x' });
  await player.hears({ definition: 'play_finished', streamId: 'x' });
  expect(await first.news()).toEqual([]);
  connection.close();
});

test('metadata as long as may be is kept, and longer metadata is refused with its message', async () => {
  const wire = await connect();
  const long = 'm'.repeat(8_192);
  const connection = await publish(wire, 's1', { metaData: long });
  wire.send({ command: 'updateStreamMetaData', streamId: 's1', metaData: 'x'.repeat(8_193) });
  await wire.hears({ definition: 'fieldTooLong', streamId: 's1', information: 'metaData' });
  wire.send({ command: 'getBroadcastObject', streamId: 's1' });
  await wire.hears({ definition: 'broadcastObject' });
  const { broadcast } = wire.heard.at(-1) as { broadcast: string };
  expect(JSON.parse(broadcast)).toMatchObject({ metaData: long });
  connection.close();
});
