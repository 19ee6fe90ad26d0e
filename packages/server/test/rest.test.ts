import { request as httpRequest } from 'node:http';
import { jwtVerify, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { type AuthorizationOptions, createAuthorization, memoryStore } from '../src/index.ts';
import { createRest } from '../src/rest/rest.ts';
import { until, useServer } from './wire.ts';

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;
const streamJwt = 'the secret that lets people publish and play';
const restJwt = 'the secret that lets programs administer it';

const key = 'the key';
const withKey = { authorization: `Bearer ${key}` };

const useRest = (...[options, restOptions]: Parameters<typeof useServer>) => {
  const server = useServer(
    { now: () => now, ...options },
    { now: () => now, failed: (error) => console.error(error), authentication: { keys: [key] }, ...restOptions },
  );
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = withKey) {
    const response = await fetch(ask.url(path), {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) };
  }
  ask.url = (path: string) => `${server.origin.replace('ws:', 'http:')}/live/rest/v2${path}`;
  // Publishers are closed, so that a test leaves nothing behind.
  const connections: { close(): void }[] = [];
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  const publish: typeof server.publish = async (...args) => {
    const connection = await server.publish(...args);
    connections.push(connection);
    return connection;
  };
  return { server, ask, publish };
};

/** A request with unmodified path and headers. */
const askRaw = (origin: string, path: string, headers: Record<string, string> = withKey) =>
  new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest({ hostname, port, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    request.on('error', reject).end();
  });

/** Preflight request of a browser for a page of another origin. */
const fetchOptions = (url: string, headers: Record<string, string>) => fetch(url, { method: 'OPTIONS', headers });

const isDone = (dataId: string) => ({ status: 200, body: { success: true, message: null, dataId, errorId: 0 } });
const isNotDone = (status = 200) => ({
  status,
  body: { success: false, message: expect.any(String), dataId: null, errorId: -1 },
});

describe('streams', () => {
  const { server, ask, publish } = useRest();

  test('are created, read, changed and deleted', async () => {
    const created = await ask('POST', '/broadcasts/create', {
      streamId: 'one',
      name: 'The first',
      type: 'liveStream',
      plannedEndDate: 99,
      listenerHookURL: 'https://example.com/hook',
      description: null,
      unknown: 'ignored',
    });
    expect(created).toMatchObject({
      status: 200,
      body: {
        streamId: 'one',
        name: 'The first',
        description: '',
        status: 'created',
        type: 'liveStream',
        date: now,
        plannedEndDate: 99,
        webRTCViewerCount: 0,
        webRTCViewerLimit: -1,
        zombi: false,
        listenerHookURL: 'https://example.com/hook',
      },
    });
    expect(created.body).not.toHaveProperty('unknown');
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect((await ask('GET', '/broadcasts/one')).body).toEqual(created.body);
    expect(await ask('PUT', '/broadcasts/one', { name: 'Renamed', streamId: 'two' })).toMatchObject(isDone('one'));
    expect((await ask('GET', '/broadcasts/one')).body).toEqual({ ...created.body, name: 'Renamed' });
    expect(await ask('DELETE', '/broadcasts/one')).toMatchObject(isDone('one'));
    expect(await ask('GET', '/broadcasts/one')).toMatchObject(isNotDone(404));
    expect(await ask('DELETE', '/broadcasts/one')).toMatchObject(isNotDone());
    expect(await ask('PUT', '/broadcasts/one', { name: 'x' })).toMatchObject(isNotDone());
  });

  test('get an unguessable id if none is given', async () => {
    const ids = await Promise.all(
      [undefined, '{}', { streamId: '' }, { streamId: null }].map(
        async (body) => (await ask('POST', '/broadcasts/create', body)).body.streamId,
      ),
    );
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(new Set(ids).size).toBe(4);
  });

  test('are not registered under an id that is taken', async () => {
    await ask('POST', '/broadcasts/create', { streamId: 'one', name: 'first' });
    expect(await ask('POST', '/broadcasts/create', { streamId: 'one' })).toMatchObject(isNotDone(400));
    expect((await ask('GET', '/broadcasts/one')).body.name).toBe('first');
  });

  test('that are live show as such, registered or not', async () => {
    await ask('POST', '/broadcasts/create', { streamId: 'known', name: 'registered name' });
    const a = await server.connect();
    await publish(a, 'known', { streamName: 'its own name' });
    await publish(a, 'unknown');
    const b = await server.connect();
    b.send({ command: 'play', streamId: 'known' });
    await b.hears({ command: 'takeConfiguration', type: 'offer' });
    expect((await ask('GET', '/broadcasts/known')).body).toMatchObject({
      status: 'broadcasting',
      name: 'its own name',
      webRTCViewerCount: 1,
      zombi: false,
    });
    expect((await ask('GET', '/broadcasts/unknown')).body).toMatchObject({ status: 'broadcasting', zombi: true });
    expect((await ask('GET', '/broadcasts/count')).body).toEqual({ number: 2 });
    expect((await ask('GET', '/broadcasts/active-live-stream-count')).body).toEqual({ number: 2 });
    expect((await ask('GET', '/broadcasts/known/broadcast-statistics')).body.totalWebRTCWatchersCount).toBe(1);
    expect((await ask('GET', '/broadcasts/known/webrtc-client-stats/0/10')).body).toEqual([]);
    a.webSocket.close();
    await until(() => expect(server.signalling.counts.streams).toBe(0));
    expect((await ask('GET', '/broadcasts/known')).body).toMatchObject({
      name: 'registered name',
      status: 'finished',
      speed: 0,
    });
    expect((await ask('GET', '/broadcasts/unknown')).status).toBe(404);
    expect((await ask('GET', '/broadcasts/unknown/broadcast-statistics')).body.totalWebRTCWatchersCount).toBe(-1);
  });

  test('are listed no more than 250 at a time', async () => {
    for (let index = 0; index < 251; index += 1) await ask('POST', '/broadcasts/create', { streamId: `s${index}` });
    expect((await ask('GET', '/broadcasts/list/0/1000')).body).toHaveLength(250);
  });

  test('are listed a part at a time, those that are only live at the end', async () => {
    for (const [streamId, name] of [
      ['c', 'X'],
      ['a', 'Z'],
      ['b', 'Y'],
    ])
      await ask('POST', '/broadcasts/create', { streamId, name });
    const wire = await server.connect();
    await publish(wire, 'live1');
    await publish(wire, 'a');
    const ids = async (path: string) =>
      (await ask('GET', path)).body.map(({ streamId }: { streamId: string }) => streamId);
    expect(await ids('/broadcasts/list/0/10')).toEqual(['c', 'a', 'b', 'live1']);
    expect(await ids('/broadcasts/list/1/2')).toEqual(['a', 'b']);
    expect(await ids('/broadcasts/list/2/2')).toEqual(['b', 'live1']);
    expect(await ids('/broadcasts/list/3/2')).toEqual(['live1']);
    expect(await ids('/broadcasts/list/4/2')).toEqual([]);
    expect(await ids('/broadcasts/list/0/10?sort_by=name&order_by=desc')).toEqual(['a', 'b', 'c', 'live1']);
    expect(await ids('/broadcasts/list/0/10?search=LIVE')).toEqual(['live1']);
    expect(await ids('/broadcasts/list/0/10?search=x')).toEqual(['c']);
    expect(await ids('/broadcasts/list/0/10?type_by=liveStream&sort_by=&search=')).toHaveLength(4);
    expect(await ids('/broadcasts/list/0/10?type_by=VoD')).toEqual([]);
    expect(await ids('/broadcasts/list/0/0')).toEqual([]);
    expect(await ask('GET', '/broadcasts/list/0/10?sort_by=status')).toMatchObject(isNotDone(400));
  });

  test('are stopped through their publisher, who may continue', async () => {
    const wire = await server.connect();
    await publish(wire, 'one');
    const player = await server.connect();
    player.send({ command: 'play', streamId: 'one' });
    await player.hears({ command: 'takeConfiguration', type: 'offer' });
    expect(await ask('POST', '/broadcasts/one/stop')).toMatchObject(isDone('one'));
    await wire.hears({ definition: 'publish_finished', streamId: 'one' });
    await player.hears({ definition: 'play_finished', streamId: 'one' });
    expect(await ask('POST', '/broadcasts/one/stop')).toMatchObject(isNotDone());
    await publish(wire, 'two');
  });

  test('are ended when they are deleted', async () => {
    await ask('POST', '/broadcasts/create', { streamId: 'one' });
    const wire = await server.connect();
    await publish(wire, 'one');
    await publish(wire, 'zombi');
    expect(await ask('DELETE', '/broadcasts/one')).toMatchObject(isDone('one'));
    expect(await ask('DELETE', '/broadcasts/zombi')).toMatchObject(isDone('zombi'));
    await wire.hears({ definition: 'publish_finished', streamId: 'one' });
    await wire.hears({ definition: 'publish_finished', streamId: 'zombi' });
    expect((await ask('GET', '/broadcasts/list/0/10')).body).toEqual([]);
  });

  test('of another app are not touched', async () => {
    const wire = await server.connect('/other/websocket');
    await publish(wire, 'one');
    expect(await ask('POST', '/broadcasts/one/stop')).toMatchObject(isNotDone());
    expect((await ask('GET', '/broadcasts/one')).status).toBe(404);
    expect((await ask('GET', '/broadcasts/count')).body).toEqual({ number: 0 });
    await wire.settle();
    expect(wire.heard).not.toContainEqual(expect.objectContaining({ definition: 'publish_finished' }));
  });

  test('that are not live refuse data', async () => {
    expect(await ask('POST', '/broadcasts/one/data', 'hello')).toMatchObject(isNotDone());
    const wire = await server.connect();
    await publish(wire, 'one');
    expect(await ask('POST', '/broadcasts/one/data', '{"hello":1}')).toMatchObject(isDone('one'));
    expect(await ask('POST', '/broadcasts/one/data', '')).toMatchObject(isNotDone(400));
  });

  test('are put into a room and taken out again', async () => {
    await ask('POST', '/broadcasts/create', { streamId: 'room', virtual: true });
    await ask('POST', '/broadcasts/create', { streamId: 'one' });
    expect(await ask('POST', '/broadcasts/room/subtrack?id=one')).toMatchObject(isDone('one'));
    expect(await ask('POST', '/broadcasts/room/subtrack?id=two')).toMatchObject(isNotDone());
    expect(await ask('POST', '/broadcasts/two/subtrack?id=one')).toMatchObject(isNotDone());
    expect(await ask('POST', '/broadcasts/room/subtrack')).toMatchObject(isNotDone(400));
    const subtracks = await ask('GET', '/broadcasts/room/subtracks/0/10');
    expect(subtracks.body).toMatchObject([{ streamId: 'one', mainTrackStreamId: 'room' }]);
    expect(await ask('DELETE', '/broadcasts/room/subtrack?id=one')).toMatchObject(isDone('one'));
    expect(await ask('DELETE', '/broadcasts/room/subtrack?id=one')).toMatchObject(isNotDone());
    expect((await ask('GET', '/broadcasts/room/subtracks/0/10')).body).toEqual([]);
  });
});

describe('rooms', () => {
  const { server, ask, publish } = useRest();

  test('are created for an hour, read, changed and deleted', async () => {
    const room = {
      roomId: 'room',
      startDate: seconds,
      endDate: seconds + 3600,
      roomStreamList: [],
      mode: 'legacy',
      zombi: false,
    };
    expect(await ask('POST', '/broadcasts/conference-rooms', { roomId: 'room' })).toMatchObject({ body: room });
    expect(await ask('POST', '/broadcasts/conference-rooms', { roomId: 'room' })).toMatchObject(isNotDone(400));
    expect(await ask('POST', '/broadcasts/conference-rooms', {})).toMatchObject(isNotDone(400));
    await ask('POST', '/broadcasts/create', { streamId: 'one' });
    expect((await ask('GET', '/broadcasts/conference-rooms/list/0/10')).body).toEqual([room]);
    expect(await ask('PUT', '/broadcasts/conference-rooms/room/one')).toMatchObject(isDone('one'));
    expect((await ask('GET', '/broadcasts/conference-rooms/room')).body.roomStreamList).toEqual(['one']);
    expect(await ask('DELETE', '/broadcasts/conference-rooms/room/one')).toMatchObject(isDone('one'));
    expect(await ask('DELETE', '/broadcasts/conference-rooms/room/one')).toMatchObject(isNotDone());
    const changed = await ask('PUT', '/broadcasts/conference-rooms/room', { endDate: 5, mode: 'multitrack' });
    expect(changed.body).toEqual({ ...room, endDate: 5, mode: 'multitrack' });
    expect(await ask('GET', '/broadcasts/conference-rooms/one')).toMatchObject(isNotDone(404));
    expect(await ask('DELETE', '/broadcasts/conference-rooms/one')).toMatchObject(isNotDone());
    expect(await ask('DELETE', '/broadcasts/conference-rooms/room')).toMatchObject(isDone('room'));
    expect(await ask('GET', '/broadcasts/conference-rooms/room')).toMatchObject(isNotDone(404));
    expect((await ask('GET', '/broadcasts/one')).status).toBe(200);
  });

  test('list their live streams, without the one of the client', async () => {
    await ask('POST', '/broadcasts/conference-rooms', { roomId: 'room' });
    const a = await server.connect();
    const b = await server.connect();
    await publish(a, 'anna', { mainTrack: 'room', streamName: 'Anna' });
    await publish(b, '__proto__', { mainTrack: 'room', streamName: 'Ben' });
    const info = await ask('GET', '/broadcasts/conference-rooms/room/room-info');
    expect(info.body).toMatchObject({ roomId: 'room', startDate: seconds, endDate: seconds + 3600 });
    expect(Object.entries(info.body.streamDetailsMap)).toEqual([
      ['anna', 'Anna'],
      ['__proto__', 'Ben'],
    ]);
    const others = await ask('GET', '/broadcasts/conference-rooms/room/room-info?streamId=anna');
    expect(Object.keys(others.body.streamDetailsMap)).toEqual(['__proto__']);
    expect((await ask('GET', '/broadcasts/room')).body).toMatchObject({ status: 'broadcasting', virtual: true });
    expect(await ask('GET', '/broadcasts/conference-rooms/nowhere/room-info')).toMatchObject(isNotDone(404));
  });

  test('that are deleted end their publishers', async () => {
    const a = await server.connect();
    await publish(a, 'anna', { mainTrack: 'room' });
    await publish(a, 'elsewhere');
    expect(await ask('DELETE', '/broadcasts/conference-rooms/room')).toMatchObject(isDone('room'));
    await a.hears({ definition: 'publish_finished', streamId: 'anna' });
    await a.settle();
    expect(a.heard).not.toContainEqual({ definition: 'publish_finished', streamId: 'elsewhere' });
    expect((await ask('GET', '/broadcasts/elsewhere')).body.status).toBe('broadcasting');
  });
});

describe('tokens', () => {
  const { ask } = useRest({}, { secrets: { streamJwt } });
  const make = async (query: string) => (await ask('GET', `/broadcasts/one/token?${query}`)).body;
  const validate = (token: object) => ask('POST', '/broadcasts/validate-token', token);

  test('are valid once, for their purpose', async () => {
    const token = await make(`expireDate=${seconds + 10}&type=play`);
    expect(token).toEqual({
      tokenId: expect.stringMatching(/^[\w-]{32}$/),
      streamId: 'one',
      type: 'play',
      expireDate: seconds + 10,
      roomId: '',
    });
    expect(await validate({ ...token, streamId: 'two' })).toMatchObject(isNotDone());
    expect(await validate({ ...token, type: 'publish' })).toMatchObject(isNotDone());
    expect(await validate({ ...token, tokenId: 'x' })).toMatchObject(isNotDone());
    expect(await validate({ ...token, roomId: null })).toMatchObject(isDone(token.tokenId));
    expect(await validate(token)).toMatchObject(isNotDone());
    expect(await validate(await make(`expireDate=${seconds}&type=play`))).toMatchObject(isNotDone());
  });

  test('for a room are good for each of its streams, and again', async () => {
    const token = await make(`expireDate=${seconds + 10}&type=play&roomId=room`);
    expect(await validate({ ...token, streamId: 'two' })).toMatchObject(isDone(token.tokenId));
    expect(await validate({ ...token, streamId: 'three' })).toMatchObject(isDone(token.tokenId));
  });

  test('are listed and revoked', async () => {
    const token = await make(`expireDate=${seconds + 10}&type=play`);
    await make(`expireDate=${seconds + 20}&type=publish`);
    expect((await ask('GET', '/broadcasts/one/tokens/list/0/1')).body).toEqual([token]);
    expect((await ask('GET', '/broadcasts/one/tokens/list/0/10')).body).toHaveLength(2);
    expect(await ask('DELETE', '/broadcasts/one/tokens')).toMatchObject(isDone('one'));
    expect(await ask('DELETE', '/broadcasts/one/tokens')).toMatchObject(isNotDone());
    expect(await validate(token)).toMatchObject(isNotDone());
  });

  test('that ended are forgotten when another is made', async () => {
    await make('expireDate=1&type=play');
    await make(`expireDate=${seconds + 20}&type=play`);
    expect((await ask('GET', '/broadcasts/one/tokens/list/0/10')).body).toHaveLength(1);
  });

  test('that are JWTs have their purpose as claims', async () => {
    const { body } = await ask('GET', `/broadcasts/one/jwt-token?expireDate=${seconds + 10}&type=publish&roomId=room`);
    const { payload, protectedHeader } = await jwtVerify(body.tokenId, new TextEncoder().encode(streamJwt), {
      currentDate: new Date(now),
    });
    expect(protectedHeader.alg).toBe('HS256');
    expect(payload).toEqual({ streamId: 'one', type: 'publish', exp: seconds + 10, roomId: 'room' });
  });

  test.each(['', 'expireDate=x&type=play', 'expireDate=5', 'expireDate=5&type=both', 'expireDate=-5&type=play'])(
    'are not made for %j',
    async (query) => {
      expect(await ask('GET', `/broadcasts/one/token?${query}`)).toMatchObject(isNotDone(400));
      expect(await ask('GET', `/broadcasts/one/jwt-token?${query}`)).toMatchObject(isNotDone(400));
    },
  );
});

describe('subscribers', () => {
  const { server, ask } = useRest({}, { secrets: { totp: { playSecret: 'of those who play' } } });
  const b32Secret = 'GEZDGNBVGY3TQOJQ';

  test('are registered, have a code, and are forgotten', async () => {
    const subscriberId = 'anna@example.com';
    const path = `/broadcasts/one/subscribers/${encodeURIComponent(subscriberId)}`;
    expect(
      await ask('POST', '/broadcasts/one/subscribers', { subscriberId, b32Secret, type: 'publish' }),
    ).toMatchObject(isDone(subscriberId));
    const code = await ask('GET', `${path}/totp?type=publish`);
    expect(code.body.dataId).toMatch(/^\d{6}$/);
    const { body } = await ask('GET', '/broadcasts/one/subscribers/list/0/10');
    expect(body).toEqual([{ streamId: 'one', subscriberId, type: 'publish', totpExpiryPeriodSeconds: 0 }]);
    expect(await ask('PUT', `${path}/block/60/publish_play`)).toMatchObject(isDone(subscriberId));
    expect(await server.store.of('live').blocks.of('one', subscriberId, now)).toEqual([
      { streamId: 'one', subscriberId, type: 'publish_play', until: now + 60_000 },
    ]);
    expect(await ask('PUT', `${path}/block/0/publish_play`)).toMatchObject(isDone(subscriberId));
    expect(await server.store.of('live').blocks.of('one', subscriberId, now)).toEqual([]);
    expect(await ask('DELETE', path)).toMatchObject(isDone(subscriberId));
    expect(await ask('DELETE', path)).toMatchObject(isNotDone());
    expect(await ask('GET', `${path}/totp?type=publish`)).toMatchObject(isNotDone());
    expect(await ask('GET', `${path}/totp?type=play`)).toMatchObject({ body: { success: true } });
    expect(await ask('GET', `${path}/totp`)).toMatchObject(isNotDone(400));
    await ask('POST', '/broadcasts/one/subscribers', { subscriberId, b32Secret });
    expect(await ask('DELETE', '/broadcasts/one/subscribers')).toMatchObject(isDone('one'));
    expect(await ask('DELETE', '/broadcasts/one/subscribers')).toMatchObject(isNotDone());
  });

  test.each([
    {},
    { subscriberId: 's' },
    { subscriberId: 's', b32Secret: '1' },
    { subscriberId: 's', b32Secret: 'not base 32!' },
    { subscriberId: '', b32Secret },
    { subscriberId: 's', b32Secret, type: 'both' },
    { subscriberId: 's', b32Secret, totpExpiryPeriodSeconds: -1 },
  ])('are not registered as %j', async (body) => {
    expect(await ask('POST', '/broadcasts/one/subscribers', body)).toMatchObject(isNotDone(400));
    expect(await ask('PUT', '/broadcasts/one/subscribers/s/block/60/everything')).toMatchObject(isNotDone(400));
    expect(await ask('PUT', '/broadcasts/one/subscribers/s/block/-1/play')).toMatchObject(isNotDone(400));
  });
});

describe('tokens and codes of the REST API grant access', () => {
  const withPolicies = (options: Omit<AuthorizationOptions, 'store'>) => {
    const one: ReturnType<typeof useRest> = useRest(
      {
        authorize: (request) => createAuthorization({ store: one.server.store, now: () => now, ...options })(request),
      },
      { secrets: { streamJwt, totp: {} } },
    );
    return one;
  };
  const isRefused = (streamId: string, definition = 'unauthorized_access') => ({
    command: 'error',
    definition,
    streamId,
  });

  describe('by a token', () => {
    const { server, ask, publish } = withPolicies({ oneTimeTokens: true });

    test('once, for its purpose', async () => {
      const { body } = await ask('GET', `/broadcasts/one/token?expireDate=${seconds + 10}&type=publish`);
      const { tokenId: token } = body;
      const a = await server.connect();
      a.send({ command: 'publish', streamId: 'two', token });
      await a.hears(isRefused('two'));
      await publish(a, 'one', { token });
      const b = await server.connect();
      b.send({ command: 'publish', streamId: 'one', token });
      await b.hears(isRefused('one'));
      expect((await ask('GET', '/broadcasts/one/tokens/list/0/10')).body).toEqual([]);
    });
  });

  describe('by a JWT', () => {
    const { server, ask, publish } = withPolicies({ jwtSecret: streamJwt });

    test('for a stream, or for a room', async () => {
      const jwt = async (query: string) =>
        (await ask('GET', `/broadcasts/one/jwt-token?expireDate=${seconds + 10}&type=publish${query}`)).body.tokenId;
      const a = await server.connect();
      await publish(a, 'one', { token: await jwt('') });
      a.send({ command: 'publish', streamId: 'two', token: await jwt('&roomId=room') });
      await a.hears(isRefused('two'));
      await publish(a, 'two', { token: await jwt('&roomId=room'), mainTrack: 'room' });
    });
  });

  describe('by a code', () => {
    const { server, ask, publish } = withPolicies({ totp: {} });

    test('until it is blocked', async () => {
      const who = { subscriberId: 'anna', b32Secret: 'GEZDGNBVGY3TQOJQ', type: 'publish' };
      await ask('POST', '/broadcasts/one/subscribers', who);
      const { body } = await ask('GET', '/broadcasts/one/subscribers/anna/totp');
      const shown = { subscriberId: 'anna', subscriberCode: body.dataId };
      const a = await server.connect();
      await publish(a, 'one', shown);
      a.send({ command: 'stop', streamId: 'one' });
      await a.hears({ definition: 'publish_finished', streamId: 'one' });
      await ask('PUT', '/broadcasts/one/subscribers/anna/block/60/publish');
      a.send({ command: 'publish', streamId: 'one', ...shown });
      await a.hears(isRefused('one', 'user_blocked'));
    });
  });

  describe('by being registered', () => {
    const { server, ask, publish } = withPolicies({ registeredOnly: true });

    test('as many as may play it', async () => {
      const a = await server.connect();
      a.send({ command: 'publish', streamId: 'one' });
      await a.hears(isRefused('one', 'not_allowed_unregistered_streams'));
      await ask('POST', '/broadcasts/create', { streamId: 'one', webRTCViewerLimit: 1 });
      await publish(a, 'one');
      const [b, c] = [await server.connect(), await server.connect()];
      b.send({ command: 'play', streamId: 'one' });
      await b.hears({ command: 'takeConfiguration', type: 'offer' });
      c.send({ command: 'play', streamId: 'one' });
      await c.hears(isRefused('one', 'viewerLimitReached'));
    });
  });
});

describe('bad input', () => {
  const { server, ask } = useRest({}, { apps: ['live'] });
  const unchanged = async () => expect((await ask('GET', '/broadcasts/count')).body).toEqual({ number: 0 });

  test.each([
    'not JSON',
    '{"streamId":',
    '[]',
    'null',
    '7',
    '"text"',
    `${'['.repeat(100_000)}`,
    '{"streamId":7}',
    '{"streamId":"a b"}',
    '{"streamId":"../up"}',
    `{"streamId":"${'x'.repeat(256)}"}`,
    '{"type":"ipCamera"}',
    '{"name":{}}',
    `{"name":"${'x'.repeat(1_001)}"}`,
    '{"plannedEndDate":"tomorrow"}',
    '{"plannedEndDate":1e400}',
    '{"webRTCViewerLimit":1.5}',
    '{"webRTCViewerLimit":-2}',
    '{"listenerHookURL":"file:///etc/passwd"}',
    '{"listenerHookURL":"javascript:alert(1)"}',
    '{"virtual":"yes"}',
  ])('%.40s is no stream to register', async (body) => {
    const { status, body: answer } = await ask('POST', '/broadcasts/create', body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ success: false, message: expect.any(String) });
    await unchanged();
  });

  test('fields that every object has are fields like any other', async () => {
    const body = '{"__proto__":{"name":"polluted"},"constructor":{"prototype":{"name":"polluted"}},"streamId":"one"}';
    expect((await ask('POST', '/broadcasts/create', body)).body).toMatchObject({ streamId: 'one', name: '' });
    expect(({} as { name?: string }).name).toBeUndefined();
    expect((await ask('GET', '/broadcasts/__proto__')).status).toBe(404);
    expect((await ask('GET', '/broadcasts/constructor')).status).toBe(404);
    expect((await ask('POST', '/broadcasts/create', { streamId: '__proto__' })).status).toBe(200);
    expect((await ask('GET', '/broadcasts/__proto__')).body.streamId).toBe('__proto__');
  });

  test('a body that is too long is refused, announced or not', async () => {
    const long = JSON.stringify({ description: 'x'.repeat(300_000) });
    expect(await ask('POST', '/broadcasts/create', long)).toMatchObject(isNotDone(413));
    const stream = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 30; index += 1) controller.enqueue(new TextEncoder().encode('x'.repeat(10_000)));
        controller.close();
      },
    });
    const response = await fetch(`${server.origin.replace('ws:', 'http:')}/live/rest/v2/broadcasts/create`, {
      method: 'POST',
      headers: withKey,
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    await unchanged();
  });

  test.each([
    '/live/rest/v2',
    '/live/rest/v2/',
    '/live/rest/v2/nothing',
    '/live/rest/v2/broadcasts',
    '/live/rest/v2/broadcasts/one/nothing',
    '/live/rest/v2/broadcasts/..',
    '/live/rest/v2/broadcasts/%2e%2e/%2e%2e/metrics',
    '/live/rest/v2/broadcasts/one%2ftoken',
    '/live/rest/v2/broadcasts/%00',
    '/live/rest/v2/broadcasts/%',
    '/live/rest/v2/broadcasts/%ff',
    '/live/rest/v2/broadcasts/a%20b',
    '/live/rest/v2/broadcasts/list/-1/5',
    '/live/rest/v2/broadcasts/list/0/1e3',
    '/live/rest/v2/broadcasts/list/0/99999999999999',
    '/live/rest/v2/../../metrics',
    '/other/rest/v2/broadcasts/count',
  ])('%s is nothing', async (path) => {
    const { status, text } = await askRaw(server.origin, path);
    expect([400, 404]).toContain(status);
    expect(JSON.parse(text)).toMatchObject({ success: false });
  });

  test.each(['/', '/metrics', '/live/websocket', '/live/rest/v1/broadcasts', '/rest/v2/broadcasts', '/a/b/rest/v2/x'])(
    '%s is for others to answer',
    async (path) => {
      expect((await askRaw(server.origin, path)).text).toBe('not of the REST API');
    },
  );

  test('another method is nothing', async () => {
    expect((await ask('PATCH', '/broadcasts/one')).status).toBe(404);
    expect((await ask('POST', '/broadcasts/count')).status).toBe(404);
  });
});

describe('a store that does not answer', () => {
  const failures: unknown[] = [];
  const broken = {
    ...memoryStore(),
    of: () => {
      throw new Error('disk full at /secret/path');
    },
  };
  const { ask } = useRest({}, { store: broken, failed: (error) => failures.push(error) });

  test('is reported, without its secrets', async () => {
    const { status, body } = await ask('GET', '/broadcasts/one');
    expect(status).toBe(503);
    expect(body).toMatchObject({ success: false, message: 'The store does not answer.' });
    expect(failures).toHaveLength(1);
  });
});

describe('without a key', () => {
  const { server } = useRest({}, { authentication: {} });
  const path = '/live/rest/v2/broadcasts/count';

  test.each([
    ['from this machine', {}],
    ['from this machine, as a relay asks for anybody', { host: 'localhost' }],
    ['through a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['from a page of the server', { 'sec-fetch-site': 'same-origin' }],
    ['with a key of its own choice', withKey],
  ])('nobody is let in %s', async (_, headers) => {
    expect((await askRaw(server.origin, path, headers)).status).toBe(403);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example';
  const preflight = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization',
  };

  describe('that may use it', () => {
    const { ask } = useRest({}, { origins: [origin] });

    test('pass the preflight, and read the answer with the key', async () => {
      const asked = await fetchOptions(ask.url('/broadcasts/one'), preflight);
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
      expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
      expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
      const { status, headers } = await ask('GET', '/broadcasts/count', undefined, { ...withKey, origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    });

    test('are refused without the key, and can read why', async () => {
      const { status, headers } = await ask('GET', '/broadcasts/count', undefined, { origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([401, origin]);
    });

    test('are not those of another origin', async () => {
      const other = 'https://evil.example';
      const asked = await fetchOptions(ask.url('/broadcasts/one'), { ...preflight, origin: other });
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await ask('GET', '/broadcasts/count', undefined, { ...withKey, origin: other });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('by default', () => {
    const { ask } = useRest();

    test('may not use it', async () => {
      const asked = await fetchOptions(ask.url('/broadcasts/one'), preflight);
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([401, null]);
    });
  });
});

describe('other spellings', () => {
  const { server, ask } = useRest();

  test('a byte order mark before JSON is ignored', async () => {
    const { body } = await ask('POST', '/broadcasts/create', '\uFEFF{"streamId":"marked"}');
    expect(body.streamId).toBe('marked');
  });

  test.each(['//live//rest//v2//broadcasts///count', '/live/rest/v2/broadcasts//count?type_by=liveStream'])(
    'repeated slashes count as one: %s',
    async (path) => {
      expect((await askRaw(server.origin, path)).status).toBe(200);
    },
  );

  test('a target in absolute form is answered', async () => {
    const { host } = new URL(server.origin);
    expect(await askRaw(server.origin, `http://${host}/live/rest/v2/broadcasts/count`)).toMatchObject({
      status: 200,
      text: '{"number":0}',
    });
  });
});

describe('with a key and a secret', () => {
  const { server, ask } = useRest({}, { authentication: { keys: ['key one', 'key two'], jwtSecret: restJwt } });
  const jwt = (secret: string, exp: number, alg = 'HS256') =>
    new SignJWT({ sub: 'me' })
      .setProtectedHeader({ alg })
      .setExpirationTime(exp)
      .sign(new TextEncoder().encode(secret));
  const later = () => Math.floor(Date.now() / 1000) + 60;
  const status = async (headers: Record<string, string>) =>
    (await ask('POST', '/broadcasts/create', {}, headers)).status;

  test('a request with one of them is accepted', async () => {
    expect(await status({ authorization: 'Bearer key one' })).toBe(200);
    expect(await status({ authorization: 'bearer key two' })).toBe(200);
    expect(await status({ authorization: await jwt(restJwt, later()) })).toBe(200);
    expect(await status({ authorization: `Bearer ${await jwt(restJwt, later())}` })).toBe(200);
    expect(await status({ proxyauthorization: await jwt(restJwt, later()) })).toBe(200);
    expect(await status({ authorization: await jwt(restJwt, later() - 80) })).toBe(200);
    expect(await status({ authorization: await jwt(restJwt, later() - 91) })).toBe(401);
  });

  test('any other is refused, even from this machine', async () => {
    const { status: refused, headers, body } = await ask('GET', '/broadcasts/count', undefined, {});
    expect([refused, headers.get('www-authenticate'), body.success]).toEqual([401, 'Bearer', false]);
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    for (const authorization of [
      'Bearer',
      'Bearer key',
      'Bearer key one two',
      'Basic key one',
      none,
      await jwt('another secret of some forty characters!', later()),
      await jwt(restJwt, 1_000),
      await jwt(restJwt.repeat(2), later(), 'HS512'),
    ])
      expect([authorization, await status({ authorization })]).toEqual([authorization, 401]);
    expect(await server.store.of('live').broadcasts.count()).toBe(0);
  });

  test('every path asks for it', async () => {
    const paths = Object.entries<Record<string, unknown>>(
      (await ask('GET', '/openapi.json', undefined, { authorization: 'Bearer key one' })).body.paths,
    );
    expect(paths.length).toBeGreaterThan(20);
    for (const [path, operations] of [...paths, ['/openapi.json', { get: {} }] as const])
      for (const method of Object.keys(operations))
        expect((await ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, '1'))).status).toBe(401);
  });
});

describe('secrets', () => {
  const live = {
    ids: () => [],
    subtracksOf: () => [],
    reports: () => [],
    known: () => undefined,
    end: () => false,
    sendData: () => false,
  };

  test('that are short, empty or the same for players and administrators are refused', () => {
    const make = (options: object) => () => createRest({ live, store: memoryStore(), ...options });
    expect(make({ secrets: { streamJwt: 'short' } })).toThrow('32 bytes');
    expect(make({ authentication: { jwtSecret: 'short' } })).toThrow('32 bytes');
    expect(make({ authentication: { keys: [''] } })).toThrow('empty');
    expect(make({ secrets: { streamJwt }, authentication: { jwtSecret: streamJwt } })).toThrow('another');
  });
});

describe('the description', () => {
  const { server, ask } = useRest();

  test('describes every path, its parameters and its answers', async () => {
    const { body } = await ask('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body.servers).toEqual([{ url: '/live/rest/v2' }]);
    const create = body.paths['/broadcasts/create'].post;
    expect(create.requestBody.content['application/json'].schema.properties.listenerHookURL).toBeDefined();
    expect(create.responses['200'].content['application/json'].schema.properties.streamId).toMatchObject({
      type: 'string',
    });
    const token = body.paths['/broadcasts/{id}/token'].get;
    expect(
      token.parameters.map(({ name, in: place, required }: Record<string, unknown>) => [name, place, required]),
    ).toEqual([
      ['id', 'path', true],
      ['expireDate', 'query', true],
      ['type', 'query', true],
      ['roomId', 'query', false],
    ]);
    const operationIds = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(operationIds).size).toBe(operationIds.length);
    expect(JSON.stringify(body)).not.toContain('$schema');
    expect(server.signalling.counts.sockets).toBe(0);
  });
});
