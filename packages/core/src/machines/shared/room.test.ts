import { describe, expect, test } from 'vitest';
import { walk } from '../walk.ts';
import type { ConferenceServerEvent } from './room/event.ts';
import { conferenceServer } from './room.ts';

const room = 'r1';

/** Number of times streams are expected, less how often they are not any more. */
const expectations = (...events: ConferenceServerEvent[]) =>
  walk(conferenceServer, { room }, events).all.reduce(
    (sum, { type }) => sum + (type === 'stream.expect' ? 1 : type === 'stream.unexpect' ? -1 : 0),
    0,
  );

const publish: ConferenceServerEvent = {
  type: 'role.brought',
  from: 1,
  streamId: 'm1',
  streamName: undefined,
  metaData: undefined,
  role: undefined,
  inMainTrack: true,
};
const join = {
  type: 'signal.joinRoom',
  from: 1,
  freshId: 'fresh',
  taken: false,
  message: { command: 'joinRoom', room, streamId: 'm1' },
} as const;

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

// The id would stay reserved for a closed socket, and could never be published again.
test('publish with this room as main track, joinRoom under the same id, socket closed: the id is expected no more', () => {
  expect(expectations(publish, join)).toBe(1);
  expect(expectations(publish, join, { type: 'socket.closed', from: 1 })).toBe(0);
});

describe('an id that a client with a better right requests', () => {
  const asked: ConferenceServerEvent = { ...join, from: 2 };
  const other: ConferenceServerEvent = { ...join, from: 3, message: { ...join.message, streamId: 'm3' } };
  const inUse = { command: 'error', definition: 'streamIdInUse', streamId: 'm1' };
  const leaved = { command: 'notification', definition: 'streamLeaved', streamId: 'm1' };
  const sends = (to: number, message: object) => ({ type: 'signal.send', to, message });
  const ends = (to: number) => ({ type: 'role.end', to });
  const hears = (...events: ConferenceServerEvent[]) => walk(conferenceServer, { room }, events);

  test('is lost by its member when the stream reports it, and the others are notified', () => {
    const displaced: ConferenceServerEvent = { type: 'stream.displaced', from: 1, streamId: 'm1' };
    const { snapshot, effects } = hears(join, other, displaced);
    expect(effects).toEqual([
      sends(1, { ...inUse, room }),
      ends(1),
      sends(3, leaved),
      { type: 'stream.unexpect', streamId: 'm1', room, by: 1, right: undefined },
    ]);
    expect(snapshot.context.members.map(({ streamId }) => streamId)).toEqual(['m3']);
    expect(hears(join, { ...displaced, from: 3 }).effects).toEqual([]);
  });

  test('goes to a member that joins with the better right', () => {
    const { snapshot, effects } = hears(join, other, { ...asked, right: 'room' });
    expect(effects).toContainEqual(sends(1, { ...inUse, room }));
    expect(effects.filter(({ type }) => type === 'signal.send').slice(-2)).toMatchObject([
      { to: 2, message: { definition: 'joinedTheRoom', streamId: 'm1', streams: ['m3'] } },
      { to: 3, message: { definition: 'streamJoined', streamId: 'm1' } },
    ]);
    expect(snapshot.context.members.find(({ streamId }) => streamId === 'm1')).toMatchObject({
      from: 2,
      state: { presence: 'joined', media: 'absent' },
    });
    expect(expectations(join, { ...asked, right: 'room' })).toBe(1);
  });

  test('does not go to a client with an equal right, nor if the server generated the id', () => {
    expect(hears(join, asked).effects).toEqual([sends(2, inUse), ends(2)]);
    expect(hears({ ...join, right: 'room' }, { ...asked, right: 'room' }).effects).toEqual([sends(2, inUse), ends(2)]);
    const anonymous: ConferenceServerEvent = { ...join, freshId: 'm1', message: { command: 'joinRoom', room } };
    expect(hears(anonymous, { ...asked, right: 'stream' }).effects).toEqual([sends(2, inUse), ends(2)]);
  });
});

test('the others are told once of a stream that is published with this room as main track, and then joins the room', () => {
  const other = { ...join, from: 2, message: { ...join.message, streamId: 'm2' } };
  const heard = walk(conferenceServer, { room }, [other, publish, join]).all.filter(
    (effect) => effect.type === 'signal.send' && effect.to === 2 && JSON.stringify(effect).includes('streamJoined'),
  );
  expect(heard).toHaveLength(1);
});
