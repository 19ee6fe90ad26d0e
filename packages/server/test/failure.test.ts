import type { MessageSocket } from '@sigchart/core/session';
import { describe, expect, test } from 'vitest';
import { blankBroadcast } from '../src/broadcast.ts';
import type { ServerFailure } from '../src/index.ts';
import { useServer, type Wire } from './wire.ts';

const failures: ServerFailure[] = [];
const broken = (what: string) => () => {
  throw new Error(what);
};

/** Does something, and throws. */
const closing = (close: () => void) => () => {
  close();
  broken('close')();
};

/** Server whose adapters throw for these ids. */
const server = useServer({
  failed: (failure) => failures.push(failure),
  notify: ({ streamId }) => streamId === 'unheard' && broken('notify')(),
  observe: ({ address }) => {
    if (address?.streamId === 'unseen') broken('observer')();
    return () => address?.streamId === 'unwatched' && broken('listener')();
  },
  media: {
    connect: (_app, { streamId, role }) => {
      const connection = server.network.connect(role === 'player' ? [`ARDAMSv${streamId}`] : []);
      if (streamId === 'unclosable')
        Object.assign(connection, { close: closing(() => connection.constructor.prototype.close.call(connection)) });
      return connection;
    },
    streamInfo: broken('info'),
  },
});
const { connect } = server;

/** Publishes until the server says that it has started, and then leaves the other end of the connection. */
async function publish(wire: Wire, streamId: string) {
  (await server.publish(wire, streamId)).close();
}

const what = () => failures.map(({ error }) => (error as Error).message);

/** A socket in memory that throws as it sends a message with this text in it. */
function socketThatFailsAt(text: string) {
  const heard: string[] = [];
  const socket: MessageSocket = {
    send(message) {
      if (message.includes(text)) throw new RangeError('Invalid string length');
      heard.push(message);
    },
    close: () => heard.push('closed'),
  };
  return { socket, heard };
}

describe('an exception', () => {
  test('of a role ends that role, and nothing else', async () => {
    failures.length = 0;
    const { socket, heard } = socketThatFailsAt('"start"');
    const session = server.signalling.join('live', socket);
    session.received('{"command":"publish","streamId":"s1"}');
    expect(failures).toMatchObject([
      { app: 'live', address: { role: 'publisher', streamId: 's1' }, at: 'effect', error: { name: 'RangeError' } },
    ]);
    expect(heard).toEqual([
      JSON.stringify({ command: 'error', definition: 'server_error_check_logs', streamId: 's1' }),
    ]);
    expect(server.signalling.counts).toMatchObject({ sockets: 1, roles: 0, streams: 0 });
    session.received('{"command":"ping"}');
    expect(heard.at(-1)).toBe('{"command":"pong"}');
    session.closed();
  });

  test('of a socket closes that socket, and nothing else', async () => {
    failures.length = 0;
    const other = await connect();
    await publish(other, 's2');
    const { socket, heard } = socketThatFailsAt('pong');
    const session = server.signalling.join('live', socket);
    session.received('{"command":"publish","streamId":"s1"}');
    session.received('{"command":"ping"}');
    expect(failures).toMatchObject([{ address: undefined, at: 'effect' }]);
    expect(heard.at(-1)).toBe('closed');
    expect(server.signalling.counts.roles).toBe(1);
    session.closed();
    await other.settle();
  });

  test('in a room’s notification closes that socket, and the room continues', async () => {
    failures.length = 0;
    const [first, second] = [await connect(), await connect()];
    first.send({ command: 'joinRoom', room: 'r1', streamId: 'a' });
    await first.hears({ definition: 'joinedTheRoom' });
    const { socket } = socketThatFailsAt('streamJoined');
    const session = server.signalling.join('live', socket);
    session.received('{"command":"joinRoom","room":"r1","streamId":"b"}');
    second.send({ command: 'joinRoom', room: 'r1', streamId: 'c' });
    await second.hears({ definition: 'joinedTheRoom' });
    await first.hears({ definition: 'streamJoined', streamId: 'c' });
    await first.hears({ definition: 'streamLeaved', streamId: 'b' });
    expect(failures).toMatchObject([{ at: 'effect', error: { name: 'RangeError' } }]);
    session.closed();
  });

  test('of a notification ends nothing', async () => {
    failures.length = 0;
    const wire = await connect();
    for (const streamId of ['unheard', 'unseen', 'unwatched']) await publish(wire, streamId);
    expect(new Set(what())).toEqual(new Set(['notify', 'observer', 'listener']));
    expect(new Set(failures.map(({ at }) => at))).toEqual(new Set(['listener']));
    expect(server.signalling.counts.streams).toBe(3);
  });

  test('of a connection that closes ends nothing', async () => {
    failures.length = 0;
    const wire = await connect();
    wire.send({ command: 'publish', streamId: 'unclosable' });
    await wire.hears({ command: 'start' });
    wire.send({ command: 'stop', streamId: 'unclosable' });
    await wire.hears({ definition: 'publish_finished' });
    await wire.settle();
  });

  test('that is a message too long to be read is an error in its place, and the socket continues', async () => {
    failures.length = 0;
    const wire = await connect();
    await server.store.of('live').broadcasts.create({ ...blankBroadcast('long', 0), description: 'x'.repeat(300_000) });
    wire.send({ command: 'getBroadcastObject', streamId: 'long' });
    await wire.hears({ definition: 'server_error_check_logs', streamId: 'long' });
    expect(what()).toEqual([expect.stringContaining('a message of 300')]);
    await wire.settle();
  });

  test('of an answer to a question is an error, and the socket continues', async () => {
    failures.length = 0;
    const wire = await connect();
    await publish(wire, 's1');
    wire.send({ command: 'getStreamInfo', streamId: 's1' });
    await wire.hears({ definition: 'server_error_check_logs', streamId: 's1' });
    expect(what()).toEqual(['info']);
    await wire.settle();
  });
});
