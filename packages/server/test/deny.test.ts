import { clientMessages, type ErrorDefinition } from '@sigchart/core/protocol';
import { describe, expect, test } from 'vitest';
import { until, useServer, type Wire } from './wire.ts';

type Refusal = () => ErrorDefinition | Promise<ErrorDefinition>;

const policies: Readonly<Record<string, Refusal>> = {
  refuses: () => 'unauthorized_access',
  'refuses in time': async (): Promise<ErrorDefinition> => 'unauthorized_access',
  throws: () => {
    throw new Error('out of order');
  },
  rejects: () => Promise.reject(new Error('out of order')),
};

/** Ids in use: a stream with a player, a room with a member and a main track, a call with one peer. */
const ids = { stream: 's1', member: 'm1', subtrack: 'b1', room: 'r1', call: 'c1', fresh: 'x1' };
const sdp = 'v=0\r\na=ice-ufrag:stranger\r\n';

/** Everything that a client can say, of every id that there is, and of one that there is not; but `ping`, by which tests wait. */
const commands = Object.keys(clientMessages).filter((command) => command !== 'ping');
const said = commands.flatMap((command) =>
  Object.values(ids).flatMap((id): Record<string, unknown>[] => {
    const message = { command, streamId: id, room: id, token: 'guessed' };
    switch (command) {
      case 'publish':
        return [message, { ...message, mainTrack: ids.room }];
      case 'play':
        return [message, { ...message, userPublishId: ids.fresh }];
      case 'takeConfiguration':
        return ['offer', 'answer'].map((type) => ({ ...message, type, sdp }));
      case 'takeCandidate':
        return [{ ...message, label: 0, id: '0', candidate: 'candidate:1' }];
      case 'enableTrack':
      case 'toggleVideo':
      case 'toggleAudio':
        return [{ ...message, trackId: ids.stream, enabled: true }];
      case 'assignVideoTrackCommand':
        return [{ ...message, videoTrackId: 'videoTrack0', enabled: true }];
      case 'updateStreamMetaData':
        return [{ ...message, metaData: 'mine' }];
      case 'peerMessageCommand':
        return [{ ...message, definition: 'chat', data: 'hello' }];
      default:
        return [message];
    }
  }),
);

/** Earlier messages of the stranger. */
const before: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'says it at once': [],
  'has asked to publish': [{ command: 'publish', streamId: ids.stream }],
  'has asked to play': [
    { command: 'play', streamId: ids.stream },
    { command: 'play', streamId: ids.room },
  ],
  'has asked for the call': [{ command: 'join', streamId: ids.call }],
  'has asked for the room': [{ command: 'joinRoom', room: ids.room, streamId: ids.fresh }],
};

// The last two answer a request that is repeated before the decision.
const harmlessErrors = ['unauthorized_access', 'no_peer_associated_before', 'already_publishing', 'already_playing'];

/** True if a message reveals nothing but what the stranger sent itself. */
const harmless = ({ command, definition, turnServerCredential }: Record<string, unknown>) =>
  command === 'pong' ||
  (command === 'iceServerConfig' && turnServerCredential === undefined) ||
  definition === 'leavedFromRoom' ||
  definition === 'pushNotificationsNotSupported' ||
  (command === 'error' && harmlessErrors.includes(String(definition)));

const trusted = 5;
const iceServers = [{ urls: 'turn:turn.example.org', username: 'u', credential: 'c' }];

describe.each(Object.entries(policies))('a policy that %s', (_, refusal) => {
  const server = useServer({ iceServers, authorize: ({ socket }) => (socket <= trusted ? undefined : refusal()) });
  const { connect, publish, network } = server;

  const world = async () => {
    const [publisher, player, member, subtrack, caller] = await Promise.all(
      Array.from({ length: trusted }, () => connect()),
    );
    const insiders = [publisher, player, member, subtrack, caller] as Wire[];
    const connections = [await publish(publisher as Wire, ids.stream)];
    (player as Wire).send({ command: 'play', streamId: ids.stream });
    await (player as Wire).hears({ type: 'offer' });
    (member as Wire).send({ command: 'joinRoom', room: ids.room, streamId: ids.member });
    await (member as Wire).hears({ definition: 'joinedTheRoom' });
    connections.push(await publish(subtrack as Wire, ids.subtrack, { mainTrack: ids.room }));
    (caller as Wire).send({ command: 'join', streamId: ids.call });
    await (caller as Wire).hears({ definition: 'joined' });
    for (const insider of insiders) await insider.news();
    return { insiders, connections };
  };

  test.each(Object.entries(before))('gives nothing to a stranger that %s', async (__, prior) => {
    const { insiders, connections } = await world();
    const stranger = await connect();
    for (const message of prior) stranger.send(message);
    await stranger.news();
    const { counts } = server.signalling;
    const { open } = network;

    for (const message of said) stranger.send(message);
    const heard = [...(await stranger.news()), ...(await stranger.news())];

    expect(said.length).toBeGreaterThan(100);
    expect(heard.length).toBeGreaterThan(30);
    expect(heard.filter((message) => !harmless(message))).toEqual([]);
    expect(server.signalling.counts).toEqual(counts);
    expect(network.open).toBe(open);
    for (const insider of insiders) expect(await insider.news()).toEqual([]);
    for (const connection of connections) connection.close();
  });
});

describe('without a policy', () => {
  const server = useServer({ iceServers });

  test('the same words do give something, so that the above would show it', async () => {
    const publisher = await server.connect();
    const connection = await server.publish(publisher, ids.stream);
    const stranger = await server.connect();
    for (const message of said) stranger.send(message);
    const heard = [...(await stranger.news()), ...(await stranger.news())];
    for (const definition of ['joinedTheRoom', 'joined', 'broadcastObject', 'subscriberCount'])
      expect(heard).toContainEqual(expect.objectContaining({ definition }));
    expect(heard).toContainEqual(expect.objectContaining({ command: 'iceServerConfig', turnServerCredential: 'c' }));
    for (const command of ['start', 'streamInformation', 'roomInformation'])
      expect(heard).toContainEqual(expect.objectContaining({ command }));
    stranger.send({ command: 'play', streamId: ids.stream });
    await stranger.hears({ command: 'takeConfiguration', type: 'offer' });
    // Connections that are being opened as their socket goes are closed once they are there.
    for (const { webSocket } of [publisher, stranger]) webSocket.close();
    await until(() => expect(server.network.open).toBe(1));
    connection.close();
  });
});
