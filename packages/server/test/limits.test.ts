import { describe, expect, test } from 'vitest';
import { useServer } from './wire.ts';

const server = useServer({ limits: { roles: 3, members: 2, rooms: 2, calls: 1 } });
const { connect } = server;

const full = 'main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks';

describe('a limit', () => {
  test('of roles applies to one socket, and running roles continue', async () => {
    const [wire, other] = [await connect(), await connect()];
    wire.send({ command: 'publish', streamId: 's1' });
    wire.send({ command: 'join', streamId: 'c1' });
    wire.send({ command: 'joinRoom', room: 'r1' });
    for (const message of [
      { command: 'publish', streamId: 's2' },
      { command: 'play', streamId: 's2' },
      { command: 'join', streamId: 's2' },
    ])
      wire.send(message);
    wire.send({ command: 'joinRoom', room: 'r2' });
    const refused = { command: 'error', definition: 'highResourceUsage' };
    expect((await wire.news()).filter(({ command }) => command === 'error')).toEqual([
      { ...refused, streamId: 's2' },
      { ...refused, streamId: 's2' },
      { ...refused, streamId: 's2' },
      { ...refused, streamId: 'r2', room: 'r2' },
    ]);
    other.send({ command: 'publish', streamId: 's2' });
    await other.hears({ command: 'start', streamId: 's2' });
    wire.send({ command: 'leaveFromRoom', room: 'r1' });
    wire.send({ command: 'publish', streamId: 's3' });
    await wire.hears({ command: 'start', streamId: 's3' });
  });

  test('of members holds for one room, whichever way they come', async () => {
    const wires = await Promise.all(Array.from({ length: 3 }, () => connect()));
    const [first, second, third] = wires as [(typeof wires)[0], (typeof wires)[0], (typeof wires)[0]];
    first.send({ command: 'joinRoom', room: 'r1', streamId: 'a' });
    await first.hears({ definition: 'joinedTheRoom' });
    second.send({ command: 'publish', streamId: 'b', mainTrack: 'r1' });
    await second.hears({ command: 'start' });
    third.send({ command: 'joinRoom', room: 'r1', streamId: 'c' });
    await third.hears({ command: 'error', definition: full, room: 'r1' });
    third.send({ command: 'publish', streamId: 'c', mainTrack: 'r1' });
    await third.hears({ command: 'error', definition: full, streamId: 'c' });
    // A member of the room publishes into it.
    first.send({ command: 'publish', streamId: 'a', mainTrack: 'r1' });
    await first.hears({ command: 'start', streamId: 'a' });
    second.send({ command: 'stop', streamId: 'b' });
    await second.settle();
    third.send({ command: 'joinRoom', room: 'r1', streamId: 'c' });
    await third.hears({ definition: 'joinedTheRoom', streamId: 'c' });
  });

  test('of rooms and calls holds for an app', async () => {
    const [wire, other] = [await connect(), await connect()];
    for (const room of ['r1', 'r2', 'r3']) other.send({ command: 'joinRoom', room });
    await other.hears({ command: 'error', definition: 'highResourceUsage', room: 'r3' });
    wire.send({ command: 'publish', streamId: 's1', mainTrack: 'r3' });
    await wire.hears({ command: 'error', definition: full, streamId: 's1' });
    wire.send({ command: 'join', streamId: 'c1' });
    await wire.hears({ definition: 'joined' });
    wire.send({ command: 'join', streamId: 'c2' });
    await wire.hears({ command: 'error', definition: 'highResourceUsage', streamId: 'c2' });
    // Those in use take others in.
    wire.send({ command: 'joinRoom', room: 'r2' });
    await wire.hears({ definition: 'joinedTheRoom', room: 'r2' });
    const third = await connect('/another/websocket');
    third.send({ command: 'joinRoom', room: 'r3' });
    await third.hears({ definition: 'joinedTheRoom', room: 'r3' });
  });
});

test('a field that is too long is an error that names it', async () => {
  const wire = await connect();
  const long = 'x'.repeat(9_000);
  wire.send({ command: 'joinRoom', room: 'r1', metaData: long });
  wire.send({ command: 'publish', streamId: 's1', streamName: long });
  wire.send({ command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: long });
  expect(await wire.news()).toEqual([
    { command: 'error', definition: 'fieldTooLong', information: 'metaData' },
    { command: 'error', definition: 'fieldTooLong', streamId: 's1', information: 'streamName' },
    { command: 'error', definition: 'fieldTooLong', streamId: 's1', information: 'candidate' },
  ]);
});
