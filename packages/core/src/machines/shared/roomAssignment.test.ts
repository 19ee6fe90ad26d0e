import { describe, expect, test } from 'vitest';
import type { ClientMessage } from '../../protocol/message.ts';
import type { StreamEvent } from '../ports/stream.ts';
import { walk } from '../walk.ts';
import type { ConferenceServerEvent } from './room/event.ts';
import { conferenceServer } from './room.ts';

const room = 'r1';
const described = { streamName: undefined, metaData: undefined, role: undefined, inMainTrack: true };

const claim = (from: number, streamId: string, hasVideo?: boolean): ConferenceServerEvent => ({
  type: 'role.brought',
  from,
  streamId,
  hasVideo,
  ...described,
});
const announce = (from: number, streamId: string): ConferenceServerEvent => ({
  type: 'role.announced',
  from,
  streamId,
});
const release = (from: number, streamId: string): ConferenceServerEvent => ({ type: 'role.released', from, streamId });
const publish = (from: number, streamId: string) => [claim(from, streamId), announce(from, streamId)];
const play = (from: number, more: object = {}): ConferenceServerEvent => ({
  type: 'role.subscribed',
  from,
  trackList: [],
  userPublishId: undefined,
  disableTracksByDefault: undefined,
  ...more,
});
const watching = (from: number): ConferenceServerEvent => ({ type: 'role.watching', from });
const talk = (from: number, streamId: string, level: number): ConferenceServerEvent => ({
  type: 'role.talked',
  from,
  streamId,
  level,
});
const say = (from: number, message: Extract<ClientMessage, { command: `${string}Command` }>): ConferenceServerEvent =>
  ({ type: `signal.${message.command}`, from, message }) as ConferenceServerEvent;
const assign = (from: number, videoTrackId: string, streamId: string, enabled = true) =>
  say(from, { command: 'assignVideoTrackCommand', streamId, videoTrackId, enabled });
const limit = (from: number, maxTrackCount: number) =>
  say(from, { command: 'setMaxVideoTrackCountCommand', streamId: room, maxTrackCount });
const page = (from: number, offset: number, size: number) =>
  say(from, { command: 'updateVideoTrackAssignmentsCommand', streamId: room, offset, size });

/** Messages to players that the last event causes, by socket. */
const told = (...events: ConferenceServerEvent[]) =>
  walk(conferenceServer, { room }, events).effects.flatMap((effect): (readonly [number, StreamEvent])[] =>
    effect.type === 'role.tell' ? [[effect.to, effect.event]] : [],
  );

/** The video labels that the last event assigns to a player, by stream. */
const labels = (to: number, ...events: ConferenceServerEvent[]) =>
  told(...events).flatMap(([socket, event]) =>
    socket === to && 'tracks' in event
      ? (event.tracks ?? []).map(({ streamId, videoLabel, isReserved }) =>
          [streamId, videoLabel, ...(isReserved ? ['reserved'] : [])].join(' '),
        )
      : [],
  );

const three = [...publish(1, 'a'), ...publish(2, 'b'), ...publish(3, 'c')];

describe('who plays a room', () => {
  test('gets the others under the labels of slots, and later members under the next ones', () => {
    expect(labels(1, ...publish(1, 'a'), ...publish(2, 'b'), play(1))).toEqual(['b videoTrack0']);
    expect(labels(1, ...publish(1, 'a'), ...publish(2, 'b'), play(1), ...publish(3, 'c'))).toEqual([
      'b videoTrack0',
      'c videoTrack1',
    ]);
  });

  test('and has entered it by joinRoom gets each under its own id', () => {
    const join: ConferenceServerEvent = {
      type: 'signal.joinRoom',
      from: 1,
      freshId: 'a',
      taken: false,
      message: { command: 'joinRoom', room },
    };
    expect(labels(1, join, ...publish(2, 'b'), play(1))).toEqual(['b b']);
  });

  test('a free slot goes to the next stream', () => {
    const left = [...three, play(1), release(2, 'b')];
    expect(labels(1, ...left)).toEqual(['c videoTrack1']);
    expect(labels(1, ...left, ...publish(4, 'd'))).toEqual(['d videoTrack0', 'c videoTrack1']);
  });

  test('unselected streams are not assigned', () => {
    const events = [...publish(2, 'b'), play(1, { disableTracksByDefault: true })];
    expect(labels(1, ...events)).toEqual([]);
    expect(told(...events, ...publish(3, 'c'))).toEqual([
      [1, { type: 'stream.trackAdded', trackId: 'c', tracks: undefined }],
    ]);
  });
});

describe('a player has by its command', () => {
  test('a stream under a label of its choice', () => {
    expect(labels(1, ...three, play(1), assign(1, 'videoTrack0', 'c'))).toEqual([
      'c videoTrack0 reserved',
      'b videoTrack1',
    ]);
    expect(labels(1, ...three, play(1), assign(1, 'videoTrack0', 'c'), assign(1, 'videoTrack0', 'c', false))).toEqual([
      'c videoTrack0',
      'b videoTrack1',
    ]);
  });

  test('a limited number of videos, also if requested before it plays', () => {
    const one = ['b videoTrack0', 'c '];
    expect(labels(1, ...three, play(1), limit(1, 1))).toEqual(one);
    expect(labels(1, ...three, limit(1, 1), play(1))).toEqual(one);
    expect(labels(1, ...three, play(1), limit(1, 1), limit(1, -1))).toEqual(['b videoTrack0', 'c videoTrack1']);
  });

  test('the videos of a part of the streams', () => {
    expect(labels(1, ...three, play(1), page(1, 1, 1))).toEqual(['c videoTrack0', 'b ']);
  });

  test('nothing of another player’s slots', () => {
    const events = [...three, play(1), play(2), limit(1, 0)];
    expect(told(...events).map(([to]) => to)).toEqual([1]);
    expect(labels(2, ...events, ...publish(4, 'd'))).toEqual(['a videoTrack0', 'c videoTrack1', 'd videoTrack2']);
  });
});

describe('who talks', () => {
  const playing = [...three, play(1), watching(1), play(2), watching(2)];
  const talkers = (...levels: readonly (readonly [string, number])[]) => ({
    type: 'stream.talkers',
    talkers: levels.map(([streamId, level]) => ({ streamId, level })),
  });

  test('is reported to the others with connected media, repeatedly', () => {
    expect(told(...playing, talk(3, 'c', 30))).toEqual([
      [1, talkers(['c', 30])],
      [2, talkers(['c', 30])],
    ]);
    expect(told(...playing, talk(3, 'c', 30), talk(3, 'c', 20))).toHaveLength(2);
    expect(told(...three, play(1), talk(3, 'c', 30))).toEqual([]);
  });

  test('is not reported to itself', () => {
    expect(told(...playing, talk(1, 'a', 30))).toEqual([[2, talkers(['a', 30])]]);
  });

  test('and all who talk at the same time are reported together, with the first of them', () => {
    const both = [...playing, talk(3, 'c', 30), talk(2, 'b', 40)];
    expect(told(...both)).toEqual([
      [1, talkers(['c', 30], ['b', 40])],
      [2, talkers(['c', 30])],
    ]);
    expect(told(...both, talk(2, 'b', 41))).toEqual([]);
    expect(told(...both, talk(2, 'b', 41), talk(3, 'c', 31))[0]).toEqual([1, talkers(['c', 31], ['b', 41])]);
  });

  test('is silent when it reports silence, and no longer reported after it has left', () => {
    expect(told(...playing, talk(3, 'c', 30), talk(3, 'c', 127))).toEqual([
      [1, talkers()],
      [2, talkers()],
    ]);
    expect(told(...playing, talk(3, 'c', 30), talk(2, 'b', 40), release(3, 'c'), talk(2, 'b', 41))).toEqual([
      [1, talkers(['b', 41])],
    ]);
  });
});

test('streams of one socket leave together: no player is offered one without the other', () => {
  const events = [...publish(1, 'a'), ...publish(1, 'b'), ...publish(2, 'c'), play(2)];
  const removed = (trackId: string) => [2, { type: 'stream.trackRemoved', trackId, tracks: [] }];
  expect(told(...events, { type: 'socket.closed', from: 1 })).toEqual([removed('a'), removed('b')]);
});

test('a stream without video comes after those with video if videos are limited', () => {
  const events = [claim(2, 'b', false), announce(2, 'b'), ...publish(3, 'c'), ...publish(1, 'a'), play(1), limit(1, 1)];
  expect(labels(1, ...events)).toEqual(['c videoTrack0', 'b ']);
});
