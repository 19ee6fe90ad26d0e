import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createAuthorization, memoryStore } from '../src/index.ts';
import { useServer, type Wire } from './wire.ts';

const secret = 'a secret of at least thirty-two bytes';
const iceServers = [
  { urls: 'turn:turn.example.org', username: 'u', credential: 'c' },
  { urls: 'stun:stun.example.org' },
];

/** A JWT. Without `roomId` it may still name a room as `streamId`. */
const jwt = (streamId: string, type: 'publish' | 'play', roomId?: string) =>
  new SignJWT({ streamId, type, ...(roomId !== undefined && { roomId }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));

const unauthorized = (streamId: string) => ({ definition: 'unauthorized_access', streamId });

/** Plays, as far as the offer. */
async function play(wire: Wire, streamId: string, fields: object) {
  wire.send({ command: 'play', streamId, ...fields });
  await wire.hears({ command: 'takeConfiguration', type: 'offer', streamId });
}

const broadcastOf = async (wire: Wire, streamId: string) => {
  wire.send({ command: 'getBroadcastObject', streamId });
  await wire.hears({ definition: 'broadcastObject', streamId });
  const { broadcast } = wire.heard.findLast(
    (message) => message.definition === 'broadcastObject' && message.streamId === streamId,
  ) as { broadcast: string };
  return JSON.parse(broadcast) as { subTrackStreamIds: string[] };
};

describe('with JWTs', () => {
  const { connect, publish } = useServer({
    iceServers,
    authorize: createAuthorization({ store: memoryStore(), jwtSecret: secret }),
  });

  test('a right to a stream does not let it into a room, by mainTrack or by joinRoom', async () => {
    const [insider, mallory] = await Promise.all([connect(), connect()]);
    const connection = await publish(insider, 'a', { mainTrack: 'board', token: await jwt('board', 'publish') });
    const token = await jwt('mallory', 'publish');
    mallory.send({ command: 'publish', streamId: 'mallory', mainTrack: 'board', token });
    await mallory.hears(unauthorized('mallory'));
    mallory.send({ command: 'joinRoom', room: 'board', streamId: 'mallory', token });
    await mallory.hears({ ...unauthorized('board'), room: 'board' });
    const own = await publish(mallory, 'mallory', { token });
    mallory.send({ command: 'getRoomInfo', room: 'board' });
    await mallory.hears({ definition: 'unauthorized_access', room: 'board' });
    expect((await broadcastOf(insider, 'board')).subTrackStreamIds).toEqual(['a']);
    for (const one of [connection, own]) one.close();
  });

  test('the SDKs’ conference works with a right to the room, and so do the questions of its pages', async () => {
    const [a, b] = await Promise.all([connect(), connect()]);
    const token = await jwt('board', 'publish');
    const connections = [await publish(a, 'a', { mainTrack: 'board', token })];
    await play(a, 'board', { userPublishId: 'a', token });
    connections.push(await publish(b, 'b', { mainTrack: 'board', token: await jwt('b', 'publish', 'board') }));
    await play(b, 'board', { userPublishId: 'b', token: await jwt('board', 'play') });
    await a.hears({ definition: 'subtrackAdded', trackId: 'b', mainTrack: 'board' });
    expect((await broadcastOf(a, 'board')).subTrackStreamIds).toEqual(['a', 'b']);
    await broadcastOf(a, 'b');
    b.send({ command: 'getRoomInfo', room: 'board', streamId: 'b' });
    await b.hears({ command: 'roomInformation', streams: ['a'] });
    for (const one of connections) one.close();
  });

  test('a page that asks for tracks before it plays is answered by its token', async () => {
    const [a, viewer] = await Promise.all([connect(), connect()]);
    const connection = await publish(a, 'a', { mainTrack: 'board', token: await jwt('board', 'publish') });
    viewer.send({ command: 'getTrackList', streamId: 'board' });
    await viewer.hears(unauthorized('board'));
    viewer.send({ command: 'getTrackList', streamId: 'board', token: await jwt('board', 'play') });
    await viewer.hears({ command: 'trackList', trackList: ['a'] });
    connection.close();
  });

  test('an id cannot be blocked for its owner by joining another room with it', async () => {
    const [squatter, owner] = await Promise.all([connect(), connect()]);
    squatter.send({ command: 'joinRoom', room: 'evil', streamId: 'victim', token: await jwt('evil', 'publish') });
    await squatter.hears({ definition: 'joinedTheRoom', streamId: 'victim' });
    const connection = await publish(owner, 'victim', { token: await jwt('victim', 'publish') });
    await squatter.hears({ definition: 'streamIdInUse', streamId: 'victim', room: 'evil' });
    squatter.send({ command: 'getRoomInfo', room: 'evil' });
    await squatter.hears({ command: 'roomInformation', streams: [] });
    connection.close();
  });

  test('nor is publishing it there', async () => {
    const [squatter, owner] = await Promise.all([connect(), connect()]);
    const first = await publish(squatter, 'victim', { mainTrack: 'evil', token: await jwt('evil', 'publish') });
    const second = await publish(owner, 'victim', { token: await jwt('victim', 'publish') });
    await squatter.hears({ definition: 'publish_finished', streamId: 'victim' });
    squatter.send({ command: 'publish', streamId: 'victim', mainTrack: 'evil', token: await jwt('evil', 'publish') });
    await squatter.hears({ definition: 'streamIdInUse', streamId: 'victim' });
    for (const one of [first, second]) one.close();
  });

  test('TURN credentials are sent once a right was shown, also to a client that asked before', async () => {
    const [stranger, publisher] = await Promise.all([connect(), connect()]);
    const open = { command: 'iceServerConfig', stunServerUri: 'stun:stun.example.org' };
    const all = {
      command: 'iceServerConfig',
      stunServerUri: 'turn:turn.example.org',
      turnServerUsername: 'u',
      turnServerCredential: 'c',
    };
    for (const wire of [stranger, publisher]) {
      wire.send({ command: 'getIceServerConfig' });
      expect(await wire.news()).toEqual([open]);
    }
    stranger.send({ command: 'publish', streamId: 'a', token: await jwt('b', 'publish') });
    stranger.send({ command: 'getIceServerConfig' });
    await stranger.hears(unauthorized('a'));
    expect((await stranger.news()).filter(({ command }) => command === 'iceServerConfig')).toEqual([open]);

    const connection = await publish(publisher, 'a', { token: await jwt('a', 'publish') });
    const told = await publisher.news();
    expect(told.slice(0, 2)).toEqual([all, { command: 'start', streamId: 'a' }]);
    publisher.send({ command: 'getIceServerConfig' });
    expect(await publisher.news()).toEqual([all]);
    connection.close();
  });
});

describe('where rooms need no right, and streams do', () => {
  const { connect, publish } = useServer({
    authorize: createAuthorization({ store: memoryStore(), jwtSecret: secret, actions: ['publish', 'play'] }),
  });

  test('a join without a right reserves nothing for it', async () => {
    const [squatter, owner, other] = await Promise.all([connect(), connect(), connect()]);
    squatter.send({ command: 'joinRoom', room: 'evil', streamId: 'victim' });
    await squatter.hears({ definition: 'joinedTheRoom', streamId: 'victim' });
    other.send({ command: 'joinRoom', room: 'evil', streamId: 'other' });
    await other.hears({ definition: 'joinedTheRoom', streams: ['victim'] });
    const connection = await publish(owner, 'victim', { token: await jwt('victim', 'publish') });
    await squatter.hears({ definition: 'streamIdInUse', streamId: 'victim', room: 'evil' });
    await other.hears({ definition: 'streamLeaved', streamId: 'victim' });
    // Being in the room does not prove a right to it.
    squatter.send({ command: 'getBroadcastObject', streamId: 'victim' });
    await squatter.hears(unauthorized('victim'));
    connection.close();
  });

  test('a member publishes with a right to the room', async () => {
    const [member, other] = await Promise.all([connect(), connect()]);
    for (const [wire, streamId] of [
      [member, 'a'],
      [other, 'b'],
    ] as const) {
      wire.send({ command: 'joinRoom', room: 'board', streamId });
      await wire.hears({ definition: 'joinedTheRoom', streamId });
    }
    member.send({ command: 'publish', streamId: 'a', token: await jwt('a', 'publish') });
    await member.hears(unauthorized('a'));
    const connection = await publish(member, 'a', { token: await jwt('a', 'publish', 'board') });
    member.send({ command: 'getRoomInfo', room: 'board' });
    await member.hears({ command: 'roomInformation', streams: [] });
    connection.close();
  });
});

describe('one-time tokens', () => {
  const store = memoryStore();
  const { connect } = useServer({ authorize: createAuthorization({ store, oneTimeTokens: true }) });

  test('of many simultaneous uses of one, only one is granted', async () => {
    const expireDate = Math.floor(Date.now() / 1_000) + 60;
    await store.of('live').tokens.create({ tokenId: 't1', streamId: 's1', type: 'publish', expireDate, roomId: '' });
    const wires = await Promise.all(Array.from({ length: 8 }, () => connect()));
    for (const wire of wires) wire.send({ command: 'publish', streamId: 's1', token: 't1' });
    const heard = await Promise.all(wires.map((wire) => wire.news()));
    expect(heard.flat().filter(({ command }) => command === 'start')).toHaveLength(1);
    expect(heard.flat().filter(({ definition }) => definition === 'unauthorized_access')).toHaveLength(7);
  });

  test('one that a joinRoom without a check has named is not one', async () => {
    const wire = await connect();
    wire.send({ command: 'joinRoom', room: 's1', token: 'made up' });
    wire.send({ command: 'join', streamId: 's1', token: 'made up' });
    wire.send({ command: 'publish', streamId: 's1', token: 'made up' });
    const refused = (await wire.news()).filter(({ definition }) => definition === 'unauthorized_access');
    expect(refused).toHaveLength(3);
  });
});
