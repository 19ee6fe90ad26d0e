import { describe, expect, test } from 'vitest';
import type { AccessRight } from '../ports/access.ts';
import { ownTracks } from '../ports/rtc.ts';
import type { StreamEvent } from '../ports/stream.ts';
import { walk } from '../walk.ts';
import type { SocketId } from './envelope.ts';
import { type StreamServerEffect, type StreamServerEvent, streamServer } from './stream.ts';

const streamId = 's1';
/** Effects without webhooks, which streamHooks.test.ts covers. */
const after = (...events: StreamServerEvent[]) => {
  const { snapshot, effects, all } = walk(streamServer, { streamId }, events);
  return { snapshot, effects: effects.filter(isRoleTell), all: all.filter(isRoleTell) };
};
const isRoleTell = ({ type }: StreamServerEffect) => type === 'role.tell';

// Two who publish, two who play, one who is a member of a room.
const [p, q, x, y, m] = [1, 2, 3, 4, 5];

const claimed = (from: SocketId, right?: AccessRight): StreamServerEvent => ({ type: 'role.claimed', from, right });
const announced = (from: SocketId): StreamServerEvent => ({ type: 'role.announced', from });
const kept = (from: SocketId): StreamServerEvent => ({ type: 'role.kept', from });
const released = (from: SocketId): StreamServerEvent => ({ type: 'role.released', from });
const subscribed = (from: SocketId): StreamServerEvent => ({ type: 'role.subscribed', from });
const unsubscribed = (from: SocketId): StreamServerEvent => ({ type: 'role.unsubscribed', from });
const memberJoined = (by: SocketId, right?: AccessRight): StreamServerEvent => ({
  type: 'room.memberJoined',
  room: 'r1',
  by,
  right,
});
const memberLeft = (by: SocketId): StreamServerEvent => ({
  type: 'room.memberLeft',
  room: 'r1',
  by,
  right: undefined,
});

const reservation = { room: 'r1', by: m, right: undefined };

const held = [claimed(p)];
const live = [...held, announced(p)];
const played = [...live, subscribed(x)];
const expected = [memberJoined(m)];
const heldByMember = [...expected, claimed(m)];
const liveByMember = [...heldByMember, announced(m)];

const told = (role: 'publisher' | 'player') => (to: SocketId, event: StreamEvent) => ({
  type: 'role.tell',
  to,
  role,
  streamId,
  event,
});
const publisher = told('publisher');
const player = told('player');
const inUse: StreamEvent = { type: 'stream.refused', definition: 'streamIdInUse' };
const noStream: StreamEvent = { type: 'stream.refused', definition: 'no_stream_exist' };
const isClaimed: StreamEvent = { type: 'stream.claimed' };
const isContested: StreamEvent = { type: 'stream.contested' };
const isLive: StreamEvent = { type: 'stream.live', tracks: [ownTracks(streamId)] };
const isParked: StreamEvent = { type: 'stream.parked' };
const isGone: StreamEvent = { type: 'stream.gone' };

const nothing = {
  streamId,
  owner: undefined,
  ownerRight: undefined,
  claimant: undefined,
  claimantRight: undefined,
  players: [],
  watching: [],
  parked: [],
  reservations: [],
};

describe('a free id', () => {
  test('is whose claims it, before any media', () => {
    const { snapshot, effects } = after(...held);
    expect(snapshot.value).toEqual({ held: 'claimed' });
    expect(effects).toEqual([publisher(p, isClaimed)]);
  });

  test('cannot be played', () => {
    const { snapshot, effects } = after(subscribed(x));
    expect(snapshot.value).toBe('free');
    expect(effects).toEqual([player(x, noStream)]);
    expect(snapshot.context).toEqual(nothing);
  });

  test('is unused, so that it is forgotten, and no other is', () => {
    expect(after().snapshot.hasTag('unused')).toBe(true);
    for (const events of [held, live, expected]) expect(after(...events).snapshot.hasTag('unused')).toBe(false);
  });

  test.each([
    ['an announcement', announced(p)],
    ['a keep', kept(p)],
    ['a release', released(p)],
    ['an unsubscription', unsubscribed(p)],
    ['a member that left', memberLeft(p)],
  ])('%s that comes late changes nothing', (_, event) => {
    const { snapshot, effects } = after(event);
    expect(snapshot.value).toBe('free');
    expect(snapshot.context).toEqual(nothing);
    expect(effects).toEqual([]);
  });
});

describe('a stream', () => {
  test('that is claimed cannot be played yet', () => {
    expect(after(...held, subscribed(x)).effects).toEqual([player(x, noStream)]);
    expect(after(...held, subscribed(x)).snapshot.context.players).toEqual([]);
  });

  test('is live once its publisher says so, and only its publisher', () => {
    expect(after(...live).snapshot.value).toEqual({ held: 'live' });
    expect(after(...held, announced(q)).snapshot.value).toEqual({ held: 'claimed' });
  });

  test('that is live can be played by any number', () => {
    expect(after(...played).effects).toEqual([player(x, isLive)]);
    expect(after(...played, subscribed(y)).effects).toEqual([player(y, isLive)]);
    expect(after(...played, subscribed(y)).snapshot.context.players).toEqual([x, y]);
  });

  test('ends for its players, and for none that had ended before', () => {
    const { snapshot, effects } = after(...played, subscribed(y), unsubscribed(x), released(p));
    expect(snapshot.value).toBe('free');
    expect(effects).toEqual([player(y, isGone)]);
    expect(snapshot.context).toEqual(nothing);
  });

  test('cannot be ended by another socket', () => {
    const { snapshot, effects } = after(...played, released(q));
    expect(snapshot.value).toEqual({ held: 'live' });
    expect(effects).toEqual([]);
  });

  test('that is released before it was live is free without a word', () => {
    const { snapshot, effects } = after(...held, released(p));
    expect(snapshot.value).toBe('free');
    expect(effects).toEqual([]);
    expect(snapshot.context).toEqual(nothing);
  });

  test('may be played by the socket that publishes it', () => {
    expect(after(...live, subscribed(p)).effects).toEqual([player(p, isLive)]);
    expect(after(...live, subscribed(p), released(p)).effects).toEqual([player(p, isGone)]);
  });

  test('published again is another stream', () => {
    const { snapshot, all } = after(...played, released(p), claimed(q), announced(q));
    expect(snapshot.context).toEqual({ ...nothing, owner: q });
    expect(all).toEqual([publisher(p, isClaimed), player(x, isLive), player(x, isGone), publisher(q, isClaimed)]);
  });
});

describe('an id that is contested', () => {
  const contested = [...played, claimed(q)];

  test.each([
    ['claimed', held],
    ['live', live],
  ])('makes its owner show that it is alive (%s)', (_, events) => {
    const { snapshot, effects } = after(...events, claimed(q));
    expect(effects).toEqual([publisher(p, isContested)]);
    expect(snapshot.value).toEqual(after(...events).snapshot.value);
    expect(snapshot.context.claimant).toBe(q);
  });

  test('stays with an owner that keeps it', () => {
    const { snapshot, effects } = after(...contested, kept(p));
    expect(effects).toEqual([publisher(q, inUse)]);
    expect(snapshot.context).toEqual({ ...nothing, owner: p, players: [x] });
    expect(after(...contested, kept(p), released(p)).effects).toEqual([player(x, isGone)]);
  });

  test('goes to the claimant when the owner releases it, after the owner’s players are notified', () => {
    const { snapshot, effects } = after(...contested, released(p));
    expect(snapshot.value).toEqual({ held: 'claimed' });
    expect(effects).toEqual([player(x, isGone), publisher(q, isClaimed)]);
    expect(snapshot.context).toEqual({ ...nothing, owner: q });
  });

  test('goes to the claimant of an owner that was not live', () => {
    const { snapshot, effects } = after(...held, claimed(q), released(p));
    expect(snapshot.value).toEqual({ held: 'claimed' });
    expect(effects).toEqual([publisher(q, isClaimed)]);
    expect(after(...held, claimed(q), released(p), announced(q)).snapshot.value).toEqual({ held: 'live' });
  });

  test('stays with the owner when the claimant withdraws', () => {
    const { snapshot, effects } = after(...contested, released(q));
    expect(effects).toEqual([]);
    expect(snapshot.value).toEqual({ held: 'live' });
    expect(snapshot.context).toEqual({ ...nothing, owner: p, players: [x] });
  });

  test('whose claimant has withdrawn is kept silently, and free once it is released', () => {
    expect(after(...contested, released(q), kept(p)).effects).toEqual([]);
    expect(after(...contested, released(q), released(p)).snapshot.value).toBe('free');
  });

  test('is in use for a third', () => {
    const { snapshot, effects } = after(...contested, claimed(y));
    expect(effects).toEqual([publisher(y, inUse)]);
    expect(snapshot.context.claimant).toBe(q);
  });

  test('can be contested again, once it is decided', () => {
    expect(after(...contested, kept(p), claimed(y)).effects).toEqual([publisher(p, isContested)]);
    expect(after(...contested, released(p), claimed(y)).effects).toEqual([publisher(q, isContested)]);
  });

  test('can still be played, and is kept only by its owner', () => {
    expect(after(...contested, subscribed(y)).effects).toEqual([player(y, isLive)]);
    expect(after(...contested, kept(q)).snapshot.context.claimant).toBe(q);
    expect(after(...contested, announced(q)).snapshot.context.owner).toBe(p);
  });

  test('is live for its owner only, even while another claims it', () => {
    expect(after(...held, claimed(q), announced(p)).snapshot.value).toEqual({ held: 'live' });
    expect(after(...held, claimed(q), announced(q)).snapshot.value).toEqual({ held: 'claimed' });
  });
});

describe('the id of a member that has not published yet', () => {
  test('can be waited for', () => {
    const { snapshot, effects } = after(...expected, subscribed(x));
    expect(snapshot.value).toBe('expected');
    expect(effects).toEqual([player(x, isParked)]);
    expect(snapshot.context).toEqual({ ...nothing, parked: [x], reservations: [reservation] });
  });

  test('can be published by that member only', () => {
    expect(after(...expected, claimed(q)).effects).toEqual([publisher(q, inUse)]);
    expect(after(...expected, claimed(q)).snapshot.value).toBe('expected');
    expect(after(...heldByMember).effects).toEqual([publisher(m, isClaimed)]);
    expect(after(...heldByMember).snapshot.value).toEqual({ held: 'claimed' });
  });

  test('is waited for until its media is there', () => {
    expect(after(...heldByMember, subscribed(x)).effects).toEqual([player(x, isParked)]);
    const { snapshot, effects } = after(...expected, subscribed(x), claimed(m), subscribed(y), announced(m));
    expect(snapshot.value).toEqual({ held: 'live' });
    expect(effects).toEqual([player(x, isLive), player(y, isLive)]);
    expect(snapshot.context).toEqual({ ...nothing, owner: m, players: [x, y], reservations: [reservation] });
  });

  test('is not waited for any more by one that has stopped', () => {
    const { snapshot, effects } = after(...heldByMember, subscribed(x), subscribed(y), unsubscribed(x), announced(m));
    expect(effects).toEqual([player(y, isLive)]);
    expect(snapshot.context.players).toEqual([y]);
  });

  test('is waited for again once the member has stopped', () => {
    const { snapshot, effects } = after(...liveByMember, subscribed(x), released(m));
    expect(snapshot.value).toBe('expected');
    expect(effects).toEqual([player(x, isGone)]);
    expect(snapshot.context).toEqual({ ...nothing, reservations: [reservation] });
    expect(after(...liveByMember, released(m), subscribed(x)).effects).toEqual([player(x, isParked)]);
  });

  test('waiting players keep waiting if the member stops before its media was connected', () => {
    const { snapshot, effects } = after(...heldByMember, subscribed(x), released(m));
    expect(snapshot.value).toBe('expected');
    expect(effects).toEqual([]);
    expect(snapshot.context).toEqual({ ...nothing, parked: [x], reservations: [reservation] });
  });

  test('ends for waiting players when the member leaves', () => {
    const { snapshot, effects } = after(...expected, subscribed(x), subscribed(y), memberLeft(m));
    expect(snapshot.value).toBe('free');
    expect(effects).toEqual([player(x, isGone), player(y, isGone)]);
    expect(snapshot.context).toEqual(nothing);
  });

  test('stays expected as long as a member of any room has it', () => {
    const twice = [...expected, memberJoined(q), subscribed(x)];
    expect(after(...twice, memberLeft(m)).effects).toEqual([]);
    expect(after(...twice, memberLeft(m)).snapshot.value).toBe('expected');
    expect(after(...twice, memberLeft(m), claimed(m)).effects).toEqual([publisher(m, inUse)]);
    expect(after(...twice, memberLeft(m), claimed(q)).effects).toEqual([publisher(q, isClaimed)]);
    expect(after(...twice, memberLeft(m), memberLeft(q)).snapshot.value).toBe('free');
  });

  test('counts each room that one socket is in', () => {
    const twice = [...expected, memberJoined(m)];
    expect(after(...twice, memberLeft(m)).snapshot.context.reservations).toEqual([reservation]);
    expect(after(...twice, memberLeft(m), memberLeft(m)).snapshot.value).toBe('free');
  });
});

describe('a member that leaves', () => {
  test('while it is claimed leaves those who wait to the publisher', () => {
    const leaving = [...heldByMember, subscribed(x), memberLeft(m)];
    expect(after(...leaving).effects).toEqual([]);
    expect(after(...leaving).snapshot.value).toEqual({ held: 'claimed' });
    expect(after(...leaving, announced(m)).effects).toEqual([player(x, isLive)]);
    const { snapshot, effects } = after(...leaving, released(m));
    expect(effects).toEqual([player(x, isGone)]);
    expect(snapshot.context).toEqual(nothing);
    expect(after(...leaving, subscribed(y)).effects).toEqual([player(y, noStream)]);
  });

  test('while it is live leaves the stream live, and the id free once it is released', () => {
    const leaving = [...liveByMember, subscribed(x), memberLeft(m)];
    expect(after(...leaving).effects).toEqual([]);
    expect(after(...leaving).snapshot.value).toEqual({ held: 'live' });
    const { snapshot, effects } = after(...leaving, released(m));
    expect(snapshot.value).toBe('free');
    expect(effects).toEqual([player(x, isGone)]);
  });

  test('of a stream that was live before it joined leaves it as it was', () => {
    expect(after(...played, memberJoined(p), memberLeft(p)).snapshot.context).toEqual({
      ...nothing,
      owner: p,
      players: [x],
    });
  });
});

describe('a member’s id that is contested', () => {
  // A client that has reconnected publishes from a socket that is not a member, so members have no privilege here.
  test('goes to the claimant as any other would', () => {
    const taken = [...liveByMember, subscribed(x), claimed(q), released(m)];
    const { snapshot, effects } = after(...taken);
    expect(snapshot.value).toEqual({ held: 'claimed' });
    expect(effects).toEqual([player(x, isGone), publisher(q, isClaimed)]);
    expect(snapshot.context).toEqual({ ...nothing, owner: q, reservations: [reservation] });
  });

  test('those who wait get the claimant’s stream', () => {
    const taken = [...heldByMember, subscribed(x), claimed(q), released(m)];
    expect(after(...taken).effects).toEqual([publisher(q, isClaimed)]);
    expect(after(...taken, announced(q)).effects).toEqual([player(x, isLive)]);
  });

  test('is expected again once the claimant has ended, until the member leaves', () => {
    const taken = [...liveByMember, claimed(q), released(m), released(q)];
    expect(after(...taken).snapshot.value).toBe('expected');
    expect(after(...taken, memberLeft(m)).snapshot.value).toBe('free');
  });

  test('goes to the member when the claimant withdraws', () => {
    const { snapshot } = after(...liveByMember, claimed(q), released(q), released(m));
    expect(snapshot.value).toBe('expected');
    expect(snapshot.context).toEqual({ ...nothing, reservations: [reservation] });
  });
});

describe('of two who want an id', () => {
  const isEnded: StreamEvent = { type: 'stream.ended' };
  const displaced = (by: SocketId) => ({ type: 'room.displace', room: 'r1', streamId, by });
  const every = (...events: StreamServerEvent[]) => walk(streamServer, { streamId }, events);

  test('a publisher with a right takes it from a member without one, and the room is notified', () => {
    const { snapshot, effects } = every(...expected, claimed(q, 'room'));
    expect(effects).toEqual([displaced(m), publisher(q, isClaimed)]);
    expect(snapshot.value).toEqual({ held: 'claimed' });
    expect(snapshot.context).toEqual({ ...nothing, owner: q, ownerRight: 'room' });
  });

  test('a right to the stream is better than one to a room', () => {
    expect(every(memberJoined(m, 'room'), claimed(q, 'stream')).effects).toEqual([
      displaced(m),
      publisher(q, isClaimed),
    ]);
    expect(every(memberJoined(m, 'stream'), claimed(q, 'room')).effects).toEqual([publisher(q, inUse)]);
  });

  test('an equal right leaves it with the member', () => {
    for (const right of [undefined, 'room', 'stream'] as const)
      expect(every(memberJoined(m, right), claimed(q, right)).effects).toEqual([publisher(q, inUse)]);
  });

  test('a member publishes under a worse right than it joined with, but not under a worse one than another member', () => {
    expect(every(memberJoined(m, 'stream'), claimed(m, 'room')).effects).toEqual([publisher(m, isClaimed)]);
    const two = [memberJoined(m, 'stream'), memberJoined(q, 'room')];
    expect(every(...two, claimed(q, 'room')).effects).toEqual([publisher(q, inUse)]);
    expect(every(...two, claimed(m, 'stream')).effects).toEqual([displaced(q), publisher(m, isClaimed)]);
  });

  test('a client with a better right than the publisher does not wait for a liveness check', () => {
    const { snapshot, effects } = every(claimed(p, 'room'), announced(p), claimed(q, 'stream'));
    expect(effects).toEqual([publisher(p, isEnded)]);
    expect(snapshot.context).toMatchObject({ owner: p, claimant: q });
    const { snapshot: after } = every(claimed(p, 'room'), announced(p), claimed(q, 'stream'), released(p));
    expect(after.context).toEqual({ ...nothing, owner: q, ownerRight: 'stream' });
  });

  test('one with an equal right contests it', () => {
    expect(every(claimed(p, 'stream'), announced(p), claimed(q, 'stream')).effects).toEqual([
      publisher(p, isContested),
    ]);
  });
});

test('as many play a stream as its limit says, and another may once one has left', () => {
  const limited = (from: SocketId): StreamServerEvent => ({ type: 'role.subscribed', from, viewerLimit: 1 });
  const told = ({ all }: ReturnType<typeof after>) =>
    all.flatMap((effect) => ('event' in effect ? [(effect.event as { readonly type: string }).type] : []));
  const live = [claimed(p), announced(p)];
  const refused = 'stream.refused';
  expect(told(after(...live, limited(x)))).not.toContain(refused);
  expect(told(after(...live, limited(x), limited(y)))).toContain(refused);
  expect(told(after(...live, limited(x), unsubscribed(x), limited(y)))).not.toContain(refused);
});
