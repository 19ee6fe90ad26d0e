import { type Clock, createClientSession } from '@sigchart/core/session';
import { rtcPerformer } from '@sigchart/webrtc';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until, useServer } from './wire.ts';

const realClock: Clock = {
  start(ms, elapsed) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
};

const server = useServer();
const { network, clock, connect, publish } = server;

function client() {
  return createClientSession({
    clock: realClock,
    rtc: rtcPerformer(({ role }) => network.connect(role === 'player' ? [] : ['v', 'a'])),
    dial(listener) {
      const webSocket = new WebSocket(`${server.origin}/live/websocket`);
      webSocket.on('open', () => listener.opened());
      webSocket.on('message', (data) => listener.received(String(data)));
      webSocket.on('close', () => listener.closed());
      webSocket.on('error', () => {});
      return {
        send: (text) => webSocket.send(text),
        close: () => webSocket.close(),
      };
    },
  });
}

describe('the endpoint', () => {
  test.each([
    '/WebRTCApp/websocket',
    '//WebRTCAppEE/websocket',
    '/live/websocket/',
    '/live//websocket?token=1',
    '/live/websocket?target=origin?target=origin',
  ])('is %s', async (path) => {
    const wire = await connect(path);
    await wire.settle();
  });

  test.each(['/', '/live', '/websocket', '/a/b/websocket', '/li%20ve/websocket'])('is not %s', async (path) => {
    await expect(connect(path)).rejects.toThrow('404');
  });
});

describe('the two halves', () => {
  test('publish and play, stop and end', async () => {
    const publisher = client();
    const player = client();
    const publishing = publisher.publish({ streamId: 's1' });
    await until(() => expect(publishing.getSnapshot().matches({ accepted: { media: 'publishing' } })).toBe(true));
    const playing = player.play({ streamId: 's1' });
    await until(() => expect(playing.getSnapshot().matches({ accepted: { media: 'playing' } })).toBe(true));
    player.stop({ role: 'player', streamId: 's1' });
    await until(() => expect(playing.getSnapshot().value).toBe('stopped'));
    publisher.stop({ role: 'publisher', streamId: 's1' });
    await until(() => expect(publishing.getSnapshot().value).toBe('stopped'));
    publisher.close();
    player.close();
  });

  test('a publisher whose socket is cut comes back by itself, and so does its player', async () => {
    const publisher = client();
    const player = client();
    const publishing = publisher.publish({ streamId: 's1' });
    const isPublishing = () => publishing.getSnapshot().matches({ accepted: { media: 'publishing' } });
    await until(() => expect(isPublishing()).toBe(true));
    const playing = player.play({ streamId: 's1' });
    const isPlaying = () => playing.getSnapshot().matches({ accepted: { media: 'playing' } });
    await until(() => expect(isPlaying()).toBe(true));
    publisher.socket.send({
      type: 'signal.server_will_stop',
      message: { command: 'notification', definition: 'server_will_stop' },
    });
    await until(() => expect(isPublishing()).toBe(false));
    await until(() => expect(isPublishing()).toBe(true));
    await until(() => expect(isPlaying()).toBe(true));
    publisher.close();
    player.close();
  });
});

describe('the two halves of a call', () => {
  const connected = (running: { getSnapshot(): { matches(state: never): boolean } }) => () => {
    const snapshot = running.getSnapshot();
    const states = [{ calling: { media: 'connected' } }, { called: { media: 'connected' } }];
    expect(states.some((state) => snapshot.matches(state as never))).toBe(true);
  };

  test('two peers meet, one leaves, the next is called', async () => {
    const [a, b, c] = [client(), client(), client()];
    const first = a.join({ streamId: 'call1' });
    await until(() => expect(first.getSnapshot().value).toBe('waiting'));
    const second = b.join({ streamId: 'call1' });
    await until(connected(first));
    await until(connected(second));
    expect(first.getSnapshot().matches('calling')).toBe(true);
    a.stop({ role: 'peer', streamId: 'call1' });
    await until(() => expect(first.getSnapshot().value).toBe('stopped'));
    await until(() => expect(second.getSnapshot().value).toBe('waiting'));
    const third = c.join({ streamId: 'call1' });
    await until(connected(second));
    await until(connected(third));
    expect(second.getSnapshot().matches('calling')).toBe(true);
    for (const session of [a, b, c]) session.close();
  });

  test('a third is refused, and the two continue', async () => {
    const [a, b, c] = [client(), client(), client()];
    const first = a.join({ streamId: 'call1' });
    const second = b.join({ streamId: 'call1' });
    await until(connected(first));
    const third = c.join({ streamId: 'call1' });
    await until(() => expect(third.getSnapshot().value).toBe('ended'));
    expect(third.getSnapshot().context.definition).toBe('NoSpaceForNewPeer');
    connected(first)();
    connected(second)();
    for (const session of [a, b, c]) session.close();
  });
});

describe('the two halves of a conference', () => {
  test('three members play each other, and a leaver is no longer played', async () => {
    const sessions = [client(), client(), client()] as const;
    const members = sessions.map((session, index) => session.enter({ room: 'room1', streamId: `m${index}` }));
    const others = (index: number) => members[index]?.getSnapshot().context.others.toSorted();
    await until(() =>
      expect([0, 1, 2].map(others)).toEqual([
        ['m1', 'm2'],
        ['m0', 'm2'],
        ['m0', 'm1'],
      ]),
    );
    await until(() => expect(server.signalling.counts.roles).toBe(9));
    await until(() => expect(network.open).toBe(18));
    sessions[0].stop({ role: 'member', streamId: 'room1' });
    await until(() => expect(members[0]?.getSnapshot().value).toBe('stopped'));
    await until(() => expect([1, 2].map(others)).toEqual([['m2'], ['m1']]));
    await until(() => expect(server.signalling.counts.roles).toBe(4));
    for (const session of sessions) session.close();
  });
});

describe('a publisher', () => {
  test('that stops frees its id within 500 ms, and its players hear play_finished', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    const connection = await publish(a, 's1');
    c.send({ command: 'play', streamId: 's1' });
    await c.hears({ command: 'takeConfiguration', type: 'offer', idMapping: { 0: 'ARDAMSvs1', 1: 'ARDAMSas1' } });
    a.send({ command: 'stop', streamId: 's1' });
    await a.hears({ definition: 'publish_finished', streamId: 's1' });
    await c.hears({ definition: 'play_finished', streamId: 's1' });
    connection.close();
    b.send({ command: 'publish', streamId: 's1' });
    await b.hears({ command: 'start', streamId: 's1' });
  });

  test('holds its id against another socket as long as it answers', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    b.send({ command: 'publish', streamId: 's1' });
    await b.hears({ command: 'error', definition: 'streamIdInUse', streamId: 's1' });
    expect(a.heard).not.toContainEqual(expect.objectContaining({ definition: 'publish_finished' }));
    connection.close();
  });

  test('whose socket no longer answers, and whose media stopped, loses its id to a claimant', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    // A paused socket reads nothing, so it answers no ping, as if its network were lost.
    a.webSocket.pause();
    connection.fallSilent();
    b.send({ command: 'publish', streamId: 's1' });
    await b.settle();
    clock.pass(1_500);
    await b.hears({ command: 'start', streamId: 's1' });
    a.webSocket.resume();
    await a.hears({ definition: 'publish_finished', streamId: 's1' });
    connection.close();
  });

  test('whose socket no longer answers keeps its id while its media arrives, however often others claim it', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    a.webSocket.pause();
    for (let round = 1; round <= 5; round += 1) {
      b.send({ command: 'publish', streamId: 's1' });
      await b.settle();
      clock.pass(1_500);
      await until(() => expect(b.heard.filter(({ definition }) => definition === 'streamIdInUse')).toHaveLength(round));
    }
    a.webSocket.resume();
    await a.settle();
    expect(a.heard).not.toContainEqual(expect.objectContaining({ definition: 'publish_finished' }));
    connection.close();
  });

  test('whose media is interrupted loses its id to the one that claims it', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    connection.close();
    await a.settle();
    b.send({ command: 'publish', streamId: 's1' });
    await b.hears({ command: 'start', streamId: 's1' });
  });

  test('that vanishes ends for its players', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    b.send({ command: 'play', streamId: 's1' });
    await b.hears({ command: 'takeConfiguration', type: 'offer' });
    a.webSocket.terminate();
    connection.close();
    await b.hears({ definition: 'play_finished', streamId: 's1' });
    b.send({ command: 'getStreamInfo', streamId: 's1' });
    await b.hears({ definition: 'no_stream_exist', error_code: '404', streamId: 's1' });
  });

  test('that vanishes in the middle of its offer leaves nothing behind', async () => {
    const a = await connect();
    a.send({ command: 'publish', streamId: 's1' });
    await a.hears({ command: 'start' });
    a.webSocket.terminate();
    await until(() =>
      expect(server.signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 }),
    );
  });

  test('that never offers receives publishTimeoutError', async () => {
    const a = await connect();
    a.send({ command: 'publish', streamId: 's1' });
    await a.hears({ command: 'start' });
    clock.pass(10_000);
    await a.hears({ command: 'error', definition: 'publishTimeoutError', streamId: 's1' });
  });
});

describe('a player', () => {
  test('that never answers is ended', async () => {
    const [a, b] = [await connect(), await connect()];
    const connection = await publish(a, 's1');
    b.send({ command: 'play', streamId: 's1' });
    await b.hears({ command: 'takeConfiguration' });
    clock.pass(10_000);
    await b.hears({ definition: 'play_finished', streamId: 's1' });
    connection.close();
  });

  test('of a stream in another app plays nothing', async () => {
    const [a, b] = [await connect('/one/websocket'), await connect('/two/websocket')];
    const connection = await publish(a, 's1');
    b.send({ command: 'play', streamId: 's1' });
    await b.hears({ definition: 'no_stream_exist' });
    connection.close();
  });
});

describe('bad input', () => {
  const silent: readonly [string, unknown][] = [
    ['an unknown command', { command: 'dance', streamId: 's1' }],
    ['__proto__', '{"command":"__proto__","streamId":"s1"}'],
    ['constructor', { command: 'constructor', streamId: 's1' }],
    ['a stop of nothing', { command: 'stop', streamId: 's1' }],
  ];
  const noMessage = 'invalidMessage';
  const notJson = (position: number, length: number, expected: string) =>
    `not JSON: at position ${position} of ${length}, ${expected} is expected`;
  const unread: readonly [string, unknown, string][] = [
    ['an empty text', '', 'an empty text instead of a JSON object'],
    ['no JSON', 'hello', notJson(0, 5, 'an object')],
    ['half a message', '{"command":"publish"', notJson(20, 20, 'a key in quotes or "}"')],
    ['an array', [], 'an array instead of a JSON object'],
    ['null', 'null', 'null instead of a JSON object'],
    ['a number', '7', 'a number instead of a JSON object'],
    ['an empty object', {}, 'an object without a "command" that is a string'],
    ['a command that is a number', { command: 7 }, 'an object without a "command" that is a string'],
    ['a megabyte', 'x'.repeat(1_048_576), '1048576 UTF-16 code units instead of at most 262144'],
  ];
  const answered: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
    ['publish without a streamId', { command: 'publish' }, { definition: 'noStreamNameSpecified' }],
    ['play with a null streamId', { command: 'play', streamId: null }, { definition: 'noStreamNameSpecified' }],
    ['play with an empty streamId', { command: 'play', streamId: '' }, { definition: 'noStreamNameSpecified' }],
    [
      'publish with an object for streamId',
      { command: 'publish', streamId: {} },
      { definition: 'noStreamNameSpecified' },
    ],
    [
      'a forbidden character',
      { command: 'publish', streamId: 'a/b' },
      { definition: 'invalidStreamName', streamId: 'a/b' },
    ],
    ['an id too long', { command: 'publish', streamId: 'a'.repeat(256) }, { definition: 'invalidStreamName' }],
    [
      'a candidate that is no text',
      { command: 'takeCandidate', streamId: 's1', candidate: 7 },
      { definition: noMessage, streamId: 's1', information: '"candidate": a string is expected' },
    ],
    [
      'a candidate for nobody',
      { command: 'takeCandidate', streamId: 'nobody', label: 0, id: '0', candidate: 'a' },
      { definition: 'no_peer_associated_before', streamId: 'nobody' },
    ],
    [
      'a description for nobody',
      { command: 'takeConfiguration', streamId: 'nobody', type: 'offer', sdp: 'v=0' },
      { definition: 'no_peer_associated_before', streamId: 'nobody' },
    ],
    [
      'a description without a text',
      { command: 'takeConfiguration', streamId: 's1', type: 'offer' },
      { definition: 'notSetRemoteDescription', streamId: 's1' },
    ],
    ['joinRoom without a room', { command: 'joinRoom' }, { definition: 'no_room_specified' }],
    ...unread.map(
      ([name, message, information]) =>
        [name, message as Record<string, unknown>, { definition: noMessage, information }] as const,
    ),
  ];

  test.each(silent)('%s is ignored, and the socket publishes afterwards', async (_, message) => {
    const wire = await connect();
    wire.send(message);
    await wire.settle();
    expect(wire.heard).toEqual([]);
    (await publish(wire, 's1')).close();
  });

  test.each(answered)('%s is answered, and the socket publishes afterwards', async (_, message, error) => {
    const wire = await connect();
    wire.send(message);
    await wire.settle();
    expect(wire.heard).toEqual([{ command: 'error', ...error }]);
    (await publish(wire, 's1')).close();
  });

  test('a binary frame is answered, and the socket publishes afterwards', async () => {
    const wire = await connect();
    wire.webSocket.send(Buffer.from('{"command":"publish"}'), { binary: true });
    await wire.settle();
    const information = 'a binary message instead of a text';
    expect(wire.heard).toEqual([{ command: 'error', definition: noMessage, information }]);
    (await publish(wire, 's1')).close();
  });

  test.each([...silent, ...answered.map(([name, message]) => [name, message] as const)])(
    '%s does not disturb a live publisher on the same socket',
    async (_, message) => {
      const wire = await connect();
      const connection = await publish(wire, 'live1');
      wire.send(message);
      await wire.settle();
      wire.send({ command: 'getStreamInfo', streamId: 'live1' });
      await wire.hears({ command: 'streamInformation', streamId: 'live1' });
      expect(wire.heard).not.toContainEqual(expect.objectContaining({ definition: 'publish_finished' }));
      connection.close();
    },
  );

  test.each(['not a description', '', 'v=0'])(
    'an offer of "%s" is notSetRemoteDescription, and publish works again',
    async (sdp) => {
      const wire = await connect();
      wire.send({ command: 'publish', streamId: 's1' });
      await wire.hears({ command: 'start' });
      wire.send({ command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp });
      await wire.hears({ command: 'error', definition: 'notSetRemoteDescription', streamId: 's1' });
      (await publish(wire, 's1')).close();
    },
  );
});

test('many sockets that come and go at any moment leave nothing behind', async () => {
  const wires = await Promise.all(Array.from({ length: 50 }, () => connect()));
  wires.forEach((wire, index) => {
    wire.send({ command: 'publish', streamId: `s${index % 7}` });
    if (index % 3 === 0) wire.send({ command: 'stop', streamId: `s${index % 7}` });
    if (index % 4 === 0) wire.webSocket.terminate();
    wire.webSocket.readyState === WebSocket.OPEN && wire.send({ command: 'play', streamId: `s${(index + 1) % 7}` });
  });
  await Promise.all(
    wires.filter(({ webSocket }) => webSocket.readyState === WebSocket.OPEN).map((wire) => wire.settle()),
  );
  for (const { webSocket } of wires) webSocket.terminate();
  await until(() => expect(server.signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 }));
});

test('a server that closes notifies its clients', async () => {
  const wire = await connect();
  const connection = await publish(wire, 's1');
  const closed = new Promise((resolve) => wire.webSocket.once('close', resolve));
  await server.signalling.close();
  await closed;
  expect(wire.heard).toContainEqual({ command: 'notification', definition: 'server_will_stop' });
  connection.close();
});
