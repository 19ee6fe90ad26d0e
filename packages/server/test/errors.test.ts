import { type ErrorDefinition, errors } from '@sigchart/core/protocol';
import { type FakeConnection, NoCommonCodecError } from '@sigchart/webrtc';
import { expect, test } from 'vitest';
import { hashTokens } from '../src/authorization/hashTokens.ts';
import { registeredOnly } from '../src/authorization/registeredOnly.ts';
import { blankBroadcast } from '../src/broadcast.ts';
import { memoryStore } from '../src/index.ts';
import type { RegisteredBroadcast } from '../src/store/registered.ts';
import { useServer, type Wire } from './wire.ts';

const stored = memoryStore();
const live = stored.of('live');

function register(streamId: string, fields: Partial<RegisteredBroadcast>) {
  live.broadcasts.create({ ...blankBroadcast(streamId, 0), ...fields });
}
register('over', { plannedEndDate: 1 });
register('closed', { plannedEndDate: 1, virtual: true });
register('popular', { webRTCViewerLimit: 1 });
register('full', { subtracksLimit: 1, virtual: true });
live.blocks.set({ streamId: 's1', subscriberId: 'troll', type: 'publish', until: Number.MAX_SAFE_INTEGER });

const broken = () => {
  throw new Error('the database is gone');
};
const store = {
  ...stored,
  of: (app: string) => {
    const records = stored.of(app);
    const get = (id: string) => (id === 'broken' ? broken() : records.broadcasts.get(id));
    return { ...records, broadcasts: { ...records.broadcasts, get } };
  },
};

/** The connections of publishers of these ids fail in one step. */
const failing = (connection: FakeConnection, streamId: string): FakeConnection => {
  if (streamId === 'no-codec')
    connection.setRemoteDescription = async () => {
      throw new NoCommonCodecError();
    };
  if (streamId === 'no-answer') connection.createAnswer = async () => broken();
  return connection;
};

const hashed = hashTokens({ secret: 'secret' });
const registered = registeredOnly({ isRegistered: () => false });

const server = useServer({
  store,
  authorize: (request) => {
    if (request.streamId === 'private') return hashed(request);
    return request.streamId === 'unregistered' ? registered(request) : undefined;
  },
  media: {
    connect: (_app, { role, streamId }) =>
      failing(server.network.connect(role === 'player' ? [`ARDAMSv${streamId}`] : []), streamId),
    streamInfo: (_app, streamId) => (streamId === 's2' ? broken() : undefined),
  },
  failed: () => {},
  limits: { rooms: 1 },
});
const { clock, connect } = server;

const connections: FakeConnection[] = [];

async function publish(wire: Wire, streamId: string, more: object = {}) {
  connections.push(await server.publish(wire, streamId, more));
}

const description = { command: 'takeConfiguration', type: 'offer', sdp: 'v=0\r\na=ice-ufrag:x\r\n' };

/** Another socket that publishes. */
async function other(streamId: string, more: object = {}): Promise<Wire> {
  const wire = await connect();
  await publish(wire, streamId, more);
  return wire;
}

/** Publishes by hand up to the offer. */
async function offers(wire: Wire, streamId: string, sdp = description.sdp) {
  wire.send({ command: 'publish', streamId });
  await wire.hears({ command: 'start', streamId });
  wire.send({ ...description, streamId, sdp });
}

/** Messages that provoke each error, and its fields. */
const provoked: Readonly<
  Record<ErrorDefinition, readonly [by: (wire: Wire) => unknown, fields: Readonly<Record<string, string>>]>
> = {
  noStreamNameSpecified: [(wire) => wire.send({ command: 'publish' }), {}],
  invalidStreamName: [(wire) => wire.send({ command: 'play', streamId: 'a b' }), { streamId: 'a b' }],
  no_room_specified: [(wire) => wire.send({ command: 'joinRoom' }), {}],
  not_allowed_unregistered_streams: [
    (wire) => wire.send({ command: 'publish', streamId: 'unregistered' }),
    { streamId: 'unregistered' },
  ],
  unauthorized_access: [
    (wire) => wire.send({ command: 'publish', streamId: 'private', token: 'guessed' }),
    { streamId: 'private' },
  ],
  no_encoder_settings: [(wire) => offers(wire, 'no-codec'), { streamId: 'no-codec' }],
  no_peer_associated_before: [
    (wire) => wire.send({ ...description, streamId: 'never-used' }),
    { streamId: 'never-used' },
  ],
  notSetLocalDescription: [(wire) => offers(wire, 'no-answer'), { streamId: 'no-answer' }],
  notSetRemoteDescription: [(wire) => offers(wire, 's2', 'no description'), { streamId: 's2' }],
  no_stream_exist: [
    (wire) => wire.send({ command: 'play', streamId: 'nobody' }),
    { streamId: 'nobody', error_code: '404' },
  ],
  streamIdInUse: [
    async (wire) => {
      await other('s2');
      wire.send({ command: 'publish', streamId: 's2' });
    },
    { streamId: 's2' },
  ],
  already_publishing: [
    async (wire) => {
      await publish(wire, 's2');
      wire.send({ command: 'publish', streamId: 's2' });
    },
    { streamId: 's2' },
  ],
  already_playing: [
    async (wire) => {
      await other('s2');
      wire.send({ command: 'play', streamId: 's2' });
      await wire.hears({ type: 'offer', streamId: 's2' });
      wire.send({ command: 'play', streamId: 's2' });
    },
    { streamId: 's2' },
  ],
  publishTimeoutError: [
    async (wire) => {
      wire.send({ command: 'publish', streamId: 's2' });
      await wire.hears({ command: 'start' });
      clock.pass(10_000);
    },
    { streamId: 's2' },
  ],
  user_blocked: [
    (wire) => wire.send({ command: 'publish', streamId: 's1', subscriberId: 'troll' }),
    { streamId: 's1' },
  ],
  stream_not_active_or_expired: [(wire) => wire.send({ command: 'play', streamId: 'over' }), { streamId: 'over' }],
  room_not_active_or_expired: [
    (wire) => wire.send({ command: 'joinRoom', room: 'closed' }),
    { streamId: 'closed', room: 'closed' },
  ],
  viewerLimitReached: [
    async (wire) => {
      await other('popular');
      const first = await connect();
      first.send({ command: 'play', streamId: 'popular' });
      await first.hears({ type: 'offer' });
      wire.send({ command: 'play', streamId: 'popular' });
    },
    { streamId: 'popular' },
  ],
  main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks: [
    async (wire) => {
      await other('first', { mainTrack: 'full' });
      wire.send({ command: 'publish', streamId: 'second', mainTrack: 'full' });
    },
    { streamId: 'second' },
  ],
  data_store_not_available: [(wire) => wire.send({ command: 'play', streamId: 'broken' }), { streamId: 'broken' }],
  fieldTooLong: [
    (wire) => wire.send({ command: 'publish', streamId: 's2', metaData: 'x'.repeat(8_193) }),
    { streamId: 's2', information: 'metaData' },
  ],
  invalidMessage: [
    (wire) => wire.send('{command:"publish"}'),
    { information: 'not JSON: at position 1 of 19, a key in quotes or "}" is expected' },
  ],
  highResourceUsage: [
    async (wire) => {
      const member = await connect();
      member.send({ command: 'joinRoom', room: 'only' });
      await member.hears({ definition: 'joinedTheRoom' });
      wire.send({ command: 'joinRoom', room: 'another' });
    },
    { streamId: 'another', room: 'another' },
  ],
  server_error_check_logs: [
    async (wire) => {
      await publish(wire, 's2');
      wire.send({ command: 'getStreamInfo', streamId: 's2' });
    },
    { streamId: 's2' },
  ],
  NoSpaceForNewPeer: [
    async (wire) => {
      for (const peer of [await connect(), await connect()]) {
        peer.send({ command: 'join', streamId: 'call1' });
        await peer.hears({ definition: 'joined' });
      }
      wire.send({ command: 'join', streamId: 'call1' });
    },
    { streamId: 'call1' },
  ],
};

test.each(Object.entries(provoked))('%s, and the socket publishes afterwards', async (definition, [by, fields]) => {
  const wire = await connect();
  await by(wire);
  await wire.hears({ command: 'error', definition });
  const heard = wire.heard.filter(({ command }) => command === 'error');
  expect(heard).toEqual([{ command: 'error', definition, ...fields }]);
  await publish(wire, 's1');
  for (const connection of connections.splice(0)) connection.close();
});

test.each(Object.entries(errors))('%s has the fields of the catalogue', (definition, { carries }) => {
  const [, fields] = provoked[definition as ErrorDefinition];
  expect(Object.keys(fields)).toEqual(expect.arrayContaining([...carries]));
});
