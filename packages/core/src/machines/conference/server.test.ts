import { expect, test } from 'vitest';
import { walk } from '../walk.ts';
import { type ConferenceServerEvent, conferenceServer } from './server.ts';

const room = 'r1';

/** How often streams are expected, less how often they are not any more. */
const expectations = (...events: ConferenceServerEvent[]) =>
  walk(conferenceServer, { room }, events).all.reduce(
    (sum, { type }) => sum + (type === 'stream.expect' ? 1 : type === 'stream.unexpect' ? -1 : 0),
    0,
  );

const publish: ConferenceServerEvent = {
  type: 'role.claimed',
  from: 1,
  streamId: 'm1',
  streamName: undefined,
  metaData: undefined,
  role: undefined,
  inMainTrack: true,
};
const join: ConferenceServerEvent = {
  type: 'signal.joinRoom',
  from: 1,
  freshId: 'fresh',
  taken: false,
  message: { command: 'joinRoom', room, streamId: 'm1' },
};

// The id would stay reserved for a socket that is gone, and nobody could publish it ever again.
test('publish with this room as main track, joinRoom under the same id, socket closed: the id is expected no more', () => {
  expect(expectations(publish, join)).toBe(1);
  expect(expectations(publish, join, { type: 'socket.closed', from: 1 })).toBe(0);
});
