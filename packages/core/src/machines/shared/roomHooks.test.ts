import { expect, test } from 'vitest';
import { walk } from '../walk.ts';
import { noSocket } from './envelope.ts';
import type { ConferenceServerEvent } from './room/event.ts';
import { conferenceServer } from './room.ts';

const room = 'room1';
const walked = (...events: ConferenceServerEvent[]) => walk(conferenceServer, { room }, events);

/** Webhooks, as `action streamId` or `action by`. */
const hooksOf = (...events: ConferenceServerEvent[]) =>
  walked(...events).all.flatMap((effect) =>
    effect.type === 'hook.call' ? [`${effect.action} ${effect.by ?? effect.streamId}`] : [],
  );

const join = (from: number, streamId: string): ConferenceServerEvent => ({
  type: 'signal.joinRoom',
  from,
  freshId: 'fresh',
  taken: false,
  message: { command: 'joinRoom', room, streamId },
});
const leave = (from: number): ConferenceServerEvent => ({
  type: 'signal.leaveFromRoom',
  from,
  message: { command: 'leaveFromRoom', room },
});
const claim = (from: number, streamId: string): ConferenceServerEvent => ({
  type: 'role.brought',
  from,
  streamId,
  streamName: undefined,
  metaData: undefined,
  role: undefined,
  inMainTrack: true,
});
const announce = (from: number, streamId: string): ConferenceServerEvent => ({
  type: 'role.announced',
  from,
  streamId,
});
const release = (from: number, streamId: string): ConferenceServerEvent => ({ type: 'role.released', from, streamId });
const play = (from: number, viewerLimit?: number): ConferenceServerEvent => ({
  type: 'role.subscribed',
  from,
  trackList: [],
  userPublishId: undefined,
  disableTracksByDefault: undefined,
  viewerLimit,
});
const watching = (from: number): ConferenceServerEvent => ({ type: 'role.watching', from });
const stop = (from: number): ConferenceServerEvent => ({ type: 'role.unsubscribed', from });

const two = [claim(1, 'a'), announce(1, 'a'), claim(2, 'b'), announce(2, 'b')];
const began = ['firstActiveTrackAddedInMainTrack a', 'subtrackAddedInTheMainTrack a', 'subtrackAddedInTheMainTrack b'];

test('the application is notified of each live subtrack, and of the first', () => {
  expect(hooksOf(...two)).toEqual(began);
  expect(hooksOf(join(1, 'a'), join(2, 'b'))).toEqual([]);
});

test('it is notified of each that ends, and of the last', () => {
  const ended = ['subtrackLeftTheMainTrack a', 'subtrackLeftTheMainTrack b', 'noActiveSubtracksLeftInMainTrack b'];
  expect(hooksOf(...two, release(1, 'a'), release(2, 'b'))).toEqual([...began, ...ended]);
  expect(hooksOf(...two, leave(1), release(1, 'a'), { type: 'socket.closed', from: 2 }, release(2, 'b'))).toEqual([
    ...began,
    ...ended,
  ]);
});

test('a member that stops and publishes again is reported both times', () => {
  const twice = [join(1, 'a'), announce(1, 'a'), release(1, 'a'), announce(1, 'a'), leave(1)];
  const once = [
    'firstActiveTrackAddedInMainTrack a',
    'subtrackAddedInTheMainTrack a',
    'subtrackLeftTheMainTrack a',
    'noActiveSubtracksLeftInMainTrack a',
  ];
  expect(hooksOf(...twice)).toEqual([...once, ...once]);
});

test('it is notified of players of the room with connected media, and of each end', () => {
  const played = [claim(1, 'a'), play(3), watching(3)];
  expect(hooksOf(...played, stop(3), stop(3))).toEqual(['playStarted 3', 'playStopped 3']);
  expect(hooksOf(...played, { type: 'socket.closed', from: 3 }, stop(3))).toEqual(['playStarted 3', 'playStopped 3']);
  expect(hooksOf(...played, leave(3), stop(3))).toEqual(['playStarted 3', 'playStopped 3']);
  expect(hooksOf(claim(1, 'a'), play(3), stop(3))).toEqual([]);
});

test('its messages are for all players of the room', () => {
  const { effects } = walked(...two, play(3), { type: 'app.data', from: noSocket, text: '{}' });
  expect(effects).toEqual([
    { type: 'role.tell', to: 3, role: 'player', streamId: room, event: { type: 'stream.data', text: '{}' } },
  ]);
});

test('it can end every publisher in the room', () => {
  const { effects } = walked(...two, { type: 'app.end', from: noSocket });
  expect(effects).toEqual(
    [
      [1, 'a'],
      [2, 'b'],
    ].map(([to, streamId]) => ({
      type: 'role.tell',
      to,
      role: 'publisher',
      streamId,
      event: { type: 'stream.ended' },
    })),
  );
});

test('a player beyond the limit receives viewerLimitReached', () => {
  const { effects, snapshot } = walked(...two, play(3, 1), play(4, 1));
  expect(effects).toEqual([
    {
      type: 'role.tell',
      to: 4,
      role: 'player',
      streamId: room,
      event: { type: 'stream.refused', definition: 'viewerLimitReached' },
    },
  ]);
  expect(snapshot.context.players.map(({ from }) => from)).toEqual([3]);
});
