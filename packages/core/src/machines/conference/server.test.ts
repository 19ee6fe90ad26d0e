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

test('names and metadata that do not fit into the answer any more are left empty, and no member is missing', () => {
  const last = (metaData: string) => {
    const members = Array.from(
      { length: 250 },
      (_, index): ConferenceServerEvent => ({
        ...publish,
        from: index + 2,
        streamId: `${index}`.padStart(255, 'm'),
        metaData,
      }),
    );
    return walk(conferenceServer, { room }, [...members, join]).all.findLast(
      (effect) => effect.type === 'signal.send' && effect.message.command === 'notification' && effect.to === 1,
    ) as { readonly message: { readonly streamList: readonly { readonly metaData: string }[] } };
  };
  for (const [metaData, kept] of [
    ['short', 250],
    ['\u0001'.repeat(8_192), 2],
  ] as const) {
    const { message } = last(metaData);
    expect(message.streamList).toHaveLength(250);
    expect(message.streamList.filter((one) => one.metaData !== '')).toHaveLength(kept);
    expect(JSON.stringify(message).length).toBeLessThan(262_144);
  }
});

test('ids that a player wishes for are remembered up to a bound', () => {
  const play: ConferenceServerEvent = {
    type: 'role.subscribed',
    from: 9,
    trackList: [],
    userPublishId: undefined,
    disableTracksByDefault: false,
  };
  const wish = (index: number): ConferenceServerEvent => ({
    type: 'signal.enableTrack',
    from: 9,
    message: { command: 'enableTrack', streamId: room, trackId: `t${index}`, enabled: false },
  });
  const wishes = Array.from({ length: 1_200 }, (_, index) => wish(index));
  const [player] = walk(conferenceServer, { room }, [publish, play, ...wishes]).snapshot.context.players;
  expect(player?.wants.except.length).toBe(1_001);
  expect(player?.wants.except.at(-1)).toBe('t1199');
});

// The id would stay reserved for a socket that is gone, and nobody could publish it ever again.
test('publish with this room as main track, joinRoom under the same id, socket closed: the id is expected no more', () => {
  expect(expectations(publish, join)).toBe(1);
  expect(expectations(publish, join, { type: 'socket.closed', from: 1 })).toBe(0);
});
