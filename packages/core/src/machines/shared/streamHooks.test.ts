import { describe, expect, test } from 'vitest';
import { walk } from '../walk.ts';
import type { SocketId } from './envelope.ts';
import { type StreamServerEvent, streamServer } from './stream.ts';

/** Webhooks, as `action` or `action by`. */
const hooksOf = (...events: StreamServerEvent[]) =>
  walk(streamServer, { streamId: 's1' }, events).all.flatMap((effect) =>
    effect.type === 'hook.call' ? [[effect.action, effect.by].filter((part) => part !== undefined).join(' ')] : [],
  );

const [p, q, x, y] = [1, 2, 3, 4];
const of = (type: Exclude<StreamServerEvent['type'], `${'room' | 'app'}.${string}`>, from: SocketId) => ({
  type,
  from,
});
const live = [of('role.claimed', p), of('role.announced', p)];
const watched = [...live, of('role.subscribed', x), of('role.watching', x)];

describe('the application is notified', () => {
  test('of a stream once its media is there, and of its end', () => {
    expect(hooksOf(...live)).toEqual(['liveStreamStarted']);
    expect(hooksOf(...live, of('role.released', p))).toEqual(['liveStreamStarted', 'liveStreamEnded']);
  });

  test('nothing of a stream that never was live', () => {
    expect(hooksOf(of('role.claimed', p), of('role.released', p))).toEqual([]);
  });

  test('of a player once its media is there, and of its end', () => {
    expect(hooksOf(...watched, of('role.unsubscribed', x)).slice(1)).toEqual(['playStarted 3', 'playStopped 3']);
    expect(hooksOf(...live, of('role.subscribed', x), of('role.unsubscribed', x)).slice(1)).toEqual([]);
  });

  test('of the end of each player before that of the stream, once', () => {
    const late = of('role.unsubscribed', x);
    expect(
      hooksOf(...watched, of('role.subscribed', y), of('role.watching', y), of('role.released', p), late).slice(3),
    ).toEqual(['playStopped 3', 'playStopped 4', 'liveStreamEnded']);
  });

  test('of the end of a stream whose id is taken over, and of the one that follows', () => {
    expect(hooksOf(...watched, of('role.claimed', q), of('role.released', p), of('role.announced', q))).toEqual([
      'liveStreamStarted',
      'playStarted 3',
      'playStopped 3',
      'liveStreamEnded',
      'liveStreamStarted',
    ]);
  });

  test('nothing twice of a player whose media was interrupted', () => {
    expect(hooksOf(...watched, of('role.watching', x))).toEqual(['liveStreamStarted', 'playStarted 3']);
  });
});

describe('messages of the application', () => {
  const said: StreamServerEvent = { type: 'app.data', text: 'hello' };

  test('is for every player of a live stream', () => {
    const { effects } = walk(streamServer, { streamId: 's1' }, [...watched, of('role.subscribed', y), said]);
    expect(effects).toEqual(
      [x, y].map((to) => ({
        type: 'role.tell',
        to,
        role: 'player',
        streamId: 's1',
        event: { type: 'stream.data', text: 'hello' },
      })),
    );
  });

  test('reach no player before the stream is live', () => {
    expect(walk(streamServer, { streamId: 's1' }, [of('role.claimed', p), said]).effects).toEqual([]);
  });
});

describe('limits', () => {
  const refused = (role: string, to: SocketId, definition: string) => ({
    type: 'role.tell',
    to,
    role,
    streamId: 's1',
    event: { type: 'stream.refused', definition },
  });
  const effectsOf = (...events: StreamServerEvent[]) => walk(streamServer, { streamId: 's1' }, events).effects;

  test('a player beyond the limit receives viewerLimitReached, whether or not the stream is live', () => {
    const play = (from: SocketId): StreamServerEvent => ({ type: 'role.subscribed', from, viewerLimit: 1 });
    const expected: StreamServerEvent = { type: 'room.memberJoined', room: 'r1', by: p, right: undefined };
    for (const events of [live, [expected], [expected, of('role.claimed', p)]])
      expect(effectsOf(...events, play(x), play(y))).toEqual([refused('player', y, 'viewerLimitReached')]);
    expect(effectsOf(play(x))).toEqual([refused('player', x, 'no_stream_exist')]);
  });

  test('a publisher for a full room is refused, and contests no id', () => {
    const full: StreamServerEvent = { type: 'role.claimed', from: q, isRoomFull: true };
    const definition = 'main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks';
    for (const events of [[], live]) expect(effectsOf(...events, full)).toEqual([refused('publisher', q, definition)]);
  });
});

describe('the application ends', () => {
  const publishersTold = (...events: StreamServerEvent[]) =>
    walk(streamServer, { streamId: 's1' }, [...events, { type: 'app.end' }]).all.flatMap((effect) =>
      effect.type === 'role.tell' && effect.event.type === 'stream.ended' ? [[effect.to, effect.role]] : [],
    );

  test('a publisher, whether its media is there or not, but not who waits for its id', () => {
    expect(publishersTold(...live)).toEqual([[p, 'publisher']]);
    expect(publishersTold(of('role.claimed', p))).toEqual([[p, 'publisher']]);
    expect(publishersTold(...live, of('role.claimed', q))).toEqual([[p, 'publisher']]);
  });

  test('nothing where nobody publishes', () => {
    expect(publishersTold()).toEqual([]);
    expect(publishersTold(...live, of('role.released', p))).toEqual([]);
    expect(publishersTold({ type: 'room.memberJoined', room: 'r1', by: p, right: undefined })).toEqual([]);
  });
});
