import { describe, expect, test } from 'vitest';
import type { ClientMessage } from '../protocol/message.ts';
import {
  type Delivery,
  type DeliveryPlan,
  deliverClosed,
  deliverEffect,
  deliverMessage,
  type Membership,
  noMembership,
  type SharedEffect,
  type SharedState,
} from './delivery.ts';

const nothing: SharedState = {
  ownerOf: () => undefined,
  ownerRightOf: () => undefined,
  isLive: () => false,
  isRoom: () => false,
  publishingIn: () => [],
  hasSpace: () => true,
  hasSpaceForCall: () => true,
  maxRoles: 64,
  freshId: () => 'fresh',
};

/** Recipients of deliveries, in order. */
const heard = ({ deliveries }: DeliveryPlan) =>
  deliveries.map((delivery: Delivery) => {
    switch (delivery.to) {
      case 'stream':
      case 'call':
        return `${delivery.to} ${delivery.streamId}: ${delivery.event.type}`;
      case 'room':
        return `room ${delivery.room}: ${delivery.event.type}`;
      case 'record':
        return `record: ${delivery.effect.type}`;
      default:
        return `${delivery.to}: ${delivery.event.type}`;
    }
  });

const asked = (effect: SharedEffect, membership: Partial<Membership> = {}, state: Partial<SharedState> = {}) =>
  deliverEffect(1, { ...noMembership, ...membership }, effect, { ...nothing, ...state });

const claim = { mainTrack: undefined, streamName: undefined, metaData: undefined, role: undefined };
const joinRoom = (streamId?: string): SharedEffect => ({
  type: 'room.tell',
  message: { command: 'joinRoom', room: 'r1', streamId } as Extract<ClientMessage, { command: 'joinRoom' }>,
});
const play = (streamId: string, userPublishId?: string): SharedEffect => ({
  type: 'stream.subscribe',
  streamId,
  trackList: [],
  userPublishId,
  disableTracksByDefault: undefined,
});

describe('limits', () => {
  const start = (role: 'publisher' | 'peer'): SharedEffect => ({
    type: 'role.start',
    address: { role, streamId: 's1' },
    message: { command: 'join', streamId: 's1' },
  });
  const running = (count: number, effect: SharedEffect, membership: Partial<Membership> = {}) =>
    deliverEffect(1, { ...noMembership, ...membership }, effect, { ...nothing, maxRoles: 3 }, count);
  const refusal = (fields: object) => ({ deliveries: [{ to: 'socket', event: { type: 'role.refused', ...fields } }] });
  const tooMany = refusal({ definition: 'highResourceUsage', streamId: 's1' });

  test('is a socket with as many publishers, players, calls and rooms: nothing more starts on it', () => {
    expect(heard(running(2, start('publisher')))).toEqual(['newRole: signal.join']);
    expect(heard(running(1, start('peer'), { calls: ['c1'] }))).toEqual(['call s1: signal.join']);
    for (const role of ['publisher', 'peer'] as const) {
      expect(running(3, start(role))).toMatchObject(tooMany);
      expect(running(1, start(role), { calls: ['c1'], rooms: ['r2'] })).toMatchObject(tooMany);
    }
    expect(running(3, joinRoom('s1'))).toMatchObject(refusal({ definition: 'highResourceUsage', room: 'r1' }));
    // A member of a room may ask again.
    expect(heard(running(3, joinRoom('s1'), { rooms: ['r1'] }))).toEqual(['room r1: signal.joinRoom']);
  });

  test('is an app with as many calls', () => {
    expect(asked(start('peer'), {}, { hasSpaceForCall: () => false })).toMatchObject(tooMany);
  });

  test('is a room with as many members, or an app with as many rooms', () => {
    const full = { hasSpace: () => false };
    const definition = 'main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks';
    expect(asked(joinRoom('s1'), {}, { ...full, isRoom: () => true })).toMatchObject(
      refusal({ definition, room: 'r1' }),
    );
    expect(asked(joinRoom('s1'), {}, full)).toMatchObject(refusal({ definition: 'highResourceUsage', room: 'r1' }));
    const claimed = asked({ type: 'stream.claim', streamId: 's1', ...claim, mainTrack: 'r1' }, {}, full);
    expect(claimed.deliveries[1]).toMatchObject({ to: 'stream', event: { type: 'role.claimed', isRoomFull: true } });
  });
});

describe('a publisher', () => {
  test('that is accepted is brought to the rooms that its socket has joined, and to its main track', () => {
    const brought = asked({ type: 'room.bring', streamId: 's1', ...claim, mainTrack: 'r2' }, { rooms: ['r1'] });
    expect(heard(brought)).toEqual(['room r1: role.brought', 'room r2: role.brought']);
    expect(brought.membership.brought).toEqual([
      { streamId: 's1', room: 'r1' },
      { streamId: 's1', room: 'r2' },
    ]);
  });

  test('that ends is reported to its rooms before its players', () => {
    const released = asked(
      { type: 'stream.release', streamId: 's1' },
      {
        brought: [
          { streamId: 's1', room: 'r1' },
          { streamId: 's2', room: 'r1' },
        ],
      },
    );
    expect(heard(released)).toEqual(['room r1: role.released', 'stream s1: role.released', 'record: stream.release']);
    expect(released.membership.brought).toEqual([{ streamId: 's2', room: 'r1' }]);
  });

  test.each([
    ['fewer than it may have', ['a'], false],
    ['as many as it may have', ['a', 'b'], true],
    ['as many as it may have, itself among them', ['a', 's1'], false],
  ])('into a room that has %s', (_, publishing, isRoomFull) => {
    const { deliveries } = asked(
      { type: 'stream.claim', streamId: 's1', ...claim, mainTrack: 'r1', subtracksLimit: 2 },
      {},
      { publishingIn: () => publishing },
    );
    expect(deliveries[1]).toMatchObject({ to: 'stream', event: { type: 'role.claimed', isRoomFull } });
  });
});

describe('a player', () => {
  test('of a name that is a room plays the room, and stops playing it', () => {
    const playing = asked(play('r1'), {}, { isRoom: () => true });
    expect(heard(playing)).toEqual(['record: stream.subscribe', 'room r1: role.subscribed']);
    const { membership } = playing;
    expect(heard(asked({ type: 'stream.watch', streamId: 'r1' }, membership))).toEqual(['room r1: role.watching']);
    const stopped = asked({ type: 'stream.unsubscribe', streamId: 'r1' }, membership);
    expect(heard(stopped)).toEqual(['room r1: role.unsubscribed', 'record: stream.unsubscribe']);
    expect(stopped.membership).toEqual(noMembership);
  });

  test('of a name that is a live stream plays the stream, whatever else has that name', () => {
    const playing = asked(play('s1', 'own'), {}, { isRoom: () => true, isLive: () => true });
    expect(heard(playing)).toEqual(['record: stream.subscribe', 'stream s1: role.subscribed']);
    expect(playing.membership.played).toEqual([]);
  });

  test('that announces a stream waits for the room to exist', () => {
    expect(heard(asked(play('r1', 'own')))).toEqual(['record: stream.subscribe', 'room r1: role.subscribed']);
    expect(heard(asked(play('r1')))).toEqual(['record: stream.subscribe', 'stream r1: role.subscribed']);
  });
});

describe('joinRoom', () => {
  test('under an id that another socket publishes is marked as taken', () => {
    const { deliveries } = asked(joinRoom('s1'), {}, { ownerOf: () => 2 });
    expect(deliveries).toMatchObject([{ to: 'room', event: { type: 'signal.joinRoom', taken: true } }]);
  });

  test('under the id of a live stream of its own brings that stream', () => {
    const joined = asked(joinRoom('s1'), {}, { ownerOf: () => 1, isLive: () => true });
    expect(heard(joined)).toEqual(['room r1: signal.joinRoom', 'room r1: role.announced']);
    expect(joined.membership).toMatchObject({ rooms: ['r1'], brought: [{ streamId: 's1', room: 'r1' }] });
  });

  test('twice makes one member of the socket', () => {
    const { membership } = asked(joinRoom(), asked(joinRoom()).membership);
    expect(membership.rooms).toEqual(['r1']);
  });
});

test('those who share a room or a call with a socket are notified of its end before its own roles', () => {
  const closed = deliverClosed(1, { ...noMembership, rooms: ['r1'], calls: ['c1'] }, []);
  expect(heard(closed)).toEqual([
    'room r1: socket.closed',
    'call c1: socket.closed',
    'roles: socket.closed',
    'socket: socket.closed',
  ]);
  // A second close notifies nobody.
  expect(heard(deliverClosed(1, closed.membership, []))).toEqual(['roles: socket.closed', 'socket: socket.closed']);
});

test('messages of a socket in a call about its id are for the call', () => {
  const message: ClientMessage = { command: 'takeConfiguration', streamId: 'c1', type: 'offer', sdp: 'v=0' };
  expect(heard(deliverMessage(1, { ...noMembership, calls: ['c1'] }, message, () => []))).toEqual([
    'call c1: signal.takeConfiguration',
  ]);
  expect(heard(deliverMessage(1, noMembership, message, () => []))).toEqual(['socket: signal.takeConfiguration']);
});
