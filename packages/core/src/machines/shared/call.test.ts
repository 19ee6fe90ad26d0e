import { describe, expect, test } from 'vitest';
import { contestMs, lateMs } from '../timer.ts';
import { walk } from '../walk.ts';
import { type PeerServerEvent, peerServer } from './call.ts';
import type { SocketId } from './envelope.ts';

const after = (...events: PeerServerEvent[]) => walk(peerServer, { streamId }, events);

const streamId = 'call1';
const [a, b, c, d] = [1, 2, 3, 4];

const join = (from: SocketId): PeerServerEvent => ({
  type: 'signal.join',
  from,
  message: { command: 'join', streamId },
});
const leave = (from: SocketId): PeerServerEvent => ({
  type: 'signal.leave',
  from,
  message: { command: 'leave', streamId },
});
const stop = (from: SocketId): PeerServerEvent => ({
  type: 'signal.stop',
  from,
  message: { command: 'stop', streamId },
});
const closed = (from: SocketId): PeerServerEvent => ({ type: 'socket.closed', from });
const ponged = (from: SocketId): PeerServerEvent => ({ type: 'socket.ponged', from });
const offer = (from: SocketId): PeerServerEvent => ({
  type: 'signal.takeConfiguration',
  from,
  message: { command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0' },
});
const candidate = (from: SocketId): PeerServerEvent => ({
  type: 'signal.takeCandidate',
  from,
  message: { command: 'takeCandidate', streamId, label: 0, id: '0', candidate: 'candidate:1' },
});
const chat = (from: SocketId): PeerServerEvent => ({
  type: 'signal.peerMessageCommand',
  from,
  message: { command: 'peerMessageCommand', streamId, definition: 'chat', data: { text: 'hello' } },
});
const publish = (from: SocketId): PeerServerEvent => ({
  type: 'signal.publish',
  from,
  message: { command: 'publish', streamId },
});
const play = (from: SocketId): PeerServerEvent => ({
  type: 'signal.play',
  from,
  message: { command: 'play', streamId, trackList: [] },
});
const contestOver: PeerServerEvent = { type: 'timer.contest' };
const late: PeerServerEvent = { type: 'timer.late' };

const waiting = [join(a)];
const paired = [...waiting, join(b)];
const left = [...paired, leave(b)];
const contested = [...paired, join(c)];

const sent = (to: SocketId, message: object) => ({ type: 'signal.send', to, message });
const joined = (to: SocketId) => sent(to, { command: 'notification', definition: 'joined', streamId });
const leaved = (to: SocketId) => sent(to, { command: 'notification', definition: 'leaved', streamId });
const start = (to: SocketId) => sent(to, { command: 'start', streamId });
const stopped = (to: SocketId) => sent(to, { command: 'stop', streamId });
const failed = (to: SocketId, definition: string) => sent(to, { command: 'error', definition, streamId });
const roleEnded = (to: SocketId) => ({ type: 'role.end', to });
const contestTimer = { type: 'timer.start', name: 'contest', ms: contestMs };
const noContestTimer = { type: 'timer.stop', name: 'contest' };
const lateTimer = { type: 'timer.start', name: 'late', ms: lateMs };
const noLateTimer = { type: 'timer.stop', name: 'late' };

/** Peers in the call, the first one first. */
const peersAfter = (...events: PeerServerEvent[]) => {
  const { first, second, claimant } = after(...events).snapshot.context;
  return { first, second, claimant };
};

describe('join', () => {
  test('the first one waits', () => {
    const { snapshot, effects } = after(...waiting);
    expect(snapshot.value).toEqual({ waiting: 'alone' });
    expect(effects).toEqual([joined(a)]);
  });

  test('the second makes the first start', () => {
    const { snapshot, effects } = after(...paired);
    expect(snapshot.value).toEqual({ paired: 'settled' });
    expect(effects).toEqual([joined(b), start(a)]);
  });

  test.each([
    ['alone', waiting, a],
    ['after the other left', left, a],
    ['in a pair', paired, b],
    ['in a pair that a third wants to join', contested, a],
  ] as const)('a second time, %s, is confirmed and changes nothing', (_, events, peer) => {
    const { snapshot, effects } = after(...events, join(peer));
    expect(effects).toEqual([joined(peer)]);
    expect(snapshot.value).toEqual(after(...events).snapshot.value);
    expect(peersAfter(...events, join(peer))).toEqual(peersAfter(...events));
  });

  test('a call without peers is unused, so that it ends', () => {
    expect(after().snapshot.hasTag('unused')).toBe(true);
    for (const events of [waiting, paired, left, contested])
      expect(after(...events).snapshot.hasTag('unused')).toBe(false);
    expect(after(...waiting, leave(a)).snapshot.hasTag('unused')).toBe(true);
  });
});

describe('messages of a peer', () => {
  test.each([
    ['a description', offer],
    ['a candidate', candidate],
    ['a message of the application', chat],
  ])('%s reaches the other, unchanged', (_, say) => {
    const message = 'message' in say(a) ? (say(a) as { message: object }).message : {};
    expect(after(...paired, say(a)).effects).toEqual([sent(b, message)]);
    expect(after(...paired, say(b)).effects).toEqual([sent(a, message)]);
    expect(after(...contested, say(a)).effects).toEqual([sent(b, message)]);
  });

  test.each([
    ['a description', offer],
    ['a candidate', candidate],
    ['a message of the application', chat],
  ])('%s of one who is not in the call reaches nobody', (_, say) => {
    expect(after(...paired, say(d)).effects).toEqual([]);
    expect(after(...contested, say(c)).effects).toEqual([]);
  });

  test.each([
    ['a description', offer],
    ['a candidate', candidate],
    ['a message of the application', chat],
  ])('%s to nobody is no_peer_associated_before', (_, say) => {
    expect(after(...waiting, say(a)).effects).toEqual([failed(a, 'no_peer_associated_before')]);
  });

  test('a candidate to a peer that has just left is ignored, a description is not', () => {
    expect(after(...left).effects).toEqual([leaved(b), stopped(a), roleEnded(b), lateTimer]);
    expect(after(...left, candidate(a)).effects).toEqual([]);
    expect(after(...left, offer(a)).effects).toEqual([failed(a, 'no_peer_associated_before')]);
    expect(after(...left, late, candidate(a)).effects).toEqual([failed(a, 'no_peer_associated_before')]);
  });

  test.each([
    ['publish', publish, 'already_publishing'],
    ['play', play, 'already_playing'],
  ] as const)(
    '%s of the id of the call is refused, since its messages could not be told apart',
    (_, say, definition) => {
      expect(after(...waiting, say(a)).effects).toEqual([failed(a, definition)]);
      expect(after(...paired, say(b)).effects).toEqual([failed(b, definition)]);
      expect(after(...contested, say(a)).effects).toEqual([failed(a, definition)]);
      expect(after(...contested, say(c)).effects).toEqual([failed(c, definition)]);
      expect(after(...paired, say(d)).effects).toEqual([]);
    },
  );
});

describe('the end of one', () => {
  test.each([
    ['leave', leave(a), [leaved(a), roleEnded(a)]],
    ['stop', stop(a), [roleEnded(a)]],
    ['the end of its socket', closed(a), []],
  ] as const)('alone, by %s, is the end of the call', (_, event, effects) => {
    const { snapshot, effects: last } = after(...waiting, event);
    expect(snapshot.value).toBe('empty');
    expect(last).toEqual(effects);
    expect(peersAfter(...waiting, event)).toEqual({ first: undefined, second: undefined, claimant: undefined });
  });

  test.each([
    ['leave', leave, [leaved(a)], [roleEnded(a)]],
    ['stop', stop, [], [roleEnded(a)]],
    ['the end of its socket', closed, [], []],
  ] as const)('by %s, the other hears stop and is first', (_, end, before, then) => {
    const { snapshot, effects } = after(...paired, end(a));
    expect(snapshot.value).toEqual({ waiting: 'left' });
    expect(effects).toEqual([...before, stopped(b), ...then, lateTimer]);
    expect(peersAfter(...paired, end(a))).toEqual({ first: b, second: undefined, claimant: undefined });
    expect(after(...paired, end(a), join(c)).effects).toEqual([noLateTimer, joined(c), start(b)]);
  });

  test('of the second leaves the first first', () => {
    expect(peersAfter(...left)).toEqual({ first: a, second: undefined, claimant: undefined });
    expect(after(...left, join(b)).effects).toEqual([noLateTimer, joined(b), start(a)]);
  });

  test('of both is the end of the call', () => {
    const { snapshot, effects } = after(...left, closed(a));
    expect(snapshot.value).toBe('empty');
    expect(effects).toEqual([noLateTimer]);
  });

  test('of a socket that is not in it changes nothing', () => {
    for (const events of [waiting, paired, left, contested]) {
      expect(after(...events, closed(d)).effects).toEqual([]);
      expect(after(...events, ponged(d)).snapshot.value).toEqual(after(...events).snapshot.value);
    }
  });
});

describe('a third', () => {
  test('makes the server ask whether the two are alive', () => {
    const { snapshot, effects } = after(...contested);
    expect(snapshot.value).toEqual({ paired: 'contested' });
    expect(effects).toEqual([{ type: 'socket.ping', to: a }, { type: 'socket.ping', to: b }, contestTimer]);
  });

  test.each([
    [a, b],
    [b, a],
  ])('has no space when both are (%i answers before %i)', (one, other) => {
    expect(after(...contested, ponged(one)).effects).toEqual([]);
    const { snapshot, effects } = after(...contested, ponged(one), ponged(other));
    expect(snapshot.value).toEqual({ paired: 'settled' });
    expect(effects).toEqual([noContestTimer, failed(c, 'NoSpaceForNewPeer'), roleEnded(c)]);
    expect(peersAfter(...contested, ponged(one), ponged(other))).toEqual({ first: a, second: b, claimant: undefined });
  });

  test.each([
    [a, b],
    [b, a],
  ])('takes the place of the one who is silent, while the other (%i) starts again', (alive, silent) => {
    const { snapshot, effects } = after(...contested, ponged(alive), contestOver);
    expect(snapshot.value).toEqual({ paired: 'settled' });
    expect(effects).toEqual([noContestTimer, stopped(alive), roleEnded(silent), joined(c), start(alive)]);
    expect(peersAfter(...contested, ponged(alive), contestOver)).toEqual({
      first: alive,
      second: c,
      claimant: undefined,
    });
  });

  test('is alone when both are silent', () => {
    const { snapshot, effects } = after(...contested, contestOver);
    expect(snapshot.value).toEqual({ waiting: 'alone' });
    expect(effects).toEqual([noContestTimer, roleEnded(a), roleEnded(b), joined(c)]);
    expect(peersAfter(...contested, contestOver)).toEqual({ first: c, second: undefined, claimant: undefined });
    expect(after(...contested, contestOver, join(d)).effects).toEqual([joined(d), start(c)]);
  });

  test.each([
    ['leave', leave, (from: SocketId) => [leaved(from)], (from: SocketId) => [roleEnded(from)]],
    ['stop', stop, () => [], (from: SocketId) => [roleEnded(from)]],
    ['the end of its socket', closed, () => [], () => []],
  ] as const)('takes the place of one who goes by %s meanwhile', (_, end, before, then) => {
    const { snapshot, effects } = after(...contested, end(a));
    expect(snapshot.value).toEqual({ paired: 'settled' });
    expect(effects).toEqual([noContestTimer, ...before(a), stopped(b), ...then(a), joined(c), start(b)]);
    expect(peersAfter(...contested, end(a))).toEqual({ first: b, second: c, claimant: undefined });
    expect(peersAfter(...contested, ponged(a), end(b))).toEqual({ first: a, second: c, claimant: undefined });
    expect(after(...contested, end(a), contestOver).effects).toEqual([]);
    expect(after(...contested, end(a), ponged(b)).effects).toEqual([]);
  });

  test.each([
    ['leave', leave(c), [leaved(c), roleEnded(c)]],
    ['stop', stop(c), [roleEnded(c)]],
    ['the end of its socket', closed(c), []],
  ] as const)('that goes by %s before it is decided leaves the two alone', (_, event, effects) => {
    const { snapshot, effects: last } = after(...contested, ponged(a), event);
    expect(snapshot.value).toEqual({ paired: 'settled' });
    expect(last).toEqual([noContestTimer, ...effects]);
    expect(after(...contested, event, contestOver).effects).toEqual([]);
    expect(after(...contested, event, ponged(b)).effects).toEqual([]);
    expect(peersAfter(...contested, event)).toEqual({ first: a, second: b, claimant: undefined });
  });

  test('and a fourth: the fourth has no space', () => {
    const { snapshot, effects } = after(...contested, join(d));
    expect(snapshot.value).toEqual({ paired: 'contested' });
    expect(effects).toEqual([failed(d, 'NoSpaceForNewPeer'), roleEnded(d)]);
    expect(peersAfter(...contested, join(d))).toEqual({ first: a, second: b, claimant: c });
  });

  // Refused as a fourth would be, it was no part of the call for its session, and yet got the place: join(a) join(b)
  // join(c) join(c) timer.contest.
  test('that asks again meanwhile is answered in its time, and keeps its claim', () => {
    const { snapshot, effects } = after(...contested, join(c));
    expect(snapshot.value).toEqual({ paired: 'contested' });
    expect(effects).toEqual([]);
    expect(after(...contested, join(c), ponged(a), ponged(b)).effects).toEqual([
      noContestTimer,
      failed(c, 'NoSpaceForNewPeer'),
      roleEnded(c),
    ]);
    expect(peersAfter(...contested, join(c), contestOver)).toEqual({
      first: c,
      second: undefined,
      claimant: undefined,
    });
  });

  // A socket answers the ping of its liveness as well: join(a) join(b) join(c) ponged(a) ponged(a) timer.contest.
  test('a peer that answers twice is alive, and receives stop once', () => {
    const answered = [...contested, ponged(a), ponged(a)];
    expect(after(...answered).snapshot.value).toEqual({ paired: 'contested' });
    expect(after(...answered, contestOver).effects).toEqual([
      noContestTimer,
      stopped(a),
      roleEnded(b),
      joined(c),
      start(a),
    ]);
  });

  test('its own pong proves nothing about the two', () => {
    expect(after(...contested, ponged(c)).snapshot.value).toEqual({ paired: 'contested' });
    expect(after(...contested, ponged(c), contestOver).effects).toEqual(after(...contested, contestOver).effects);
  });

  test('an answer from before it asked counts for nothing', () => {
    expect(after(...paired, ponged(a), ponged(b), join(c), ponged(a)).snapshot.value).toEqual({ paired: 'contested' });
    const again = [...contested, ponged(a), ponged(b), join(d), ponged(a)];
    expect(after(...again).snapshot.value).toEqual({ paired: 'contested' });
    expect(peersAfter(...again)).toEqual({ first: a, second: b, claimant: d });
  });

  test('messages of a displaced peer are ignored', () => {
    const replaced = [...contested, ponged(a), contestOver];
    for (const event of [closed(b), ponged(b), offer(b), candidate(b)]) {
      expect(after(...replaced, event).effects, event.type).toEqual([]);
    }
    expect(peersAfter(...replaced, closed(b))).toEqual({ first: a, second: c, claimant: undefined });
  });
});

test('timers that end late change nothing', () => {
  for (const events of [[], waiting, paired, left]) expect(after(...events, contestOver).effects).toEqual([]);
  for (const events of [[], waiting, paired, contested]) expect(after(...events, late).effects).toEqual([]);
});
