import { describe, expect, test } from 'vitest';
import type { ClientEvent } from '../../event.ts';
import { walk } from '../../walk.ts';
import { playerClient } from './client.ts';

const after = (...events: ClientEvent[]) => walk(playerClient, {}, events);

const play: ClientEvent = { type: 'app.play', streamId: 's1' };
const opened: ClientEvent = { type: 'socket.opened' };
const stop: ClientEvent = { type: 'app.stop' };
const offer = (sdp = 'offer'): ClientEvent => ({
  type: 'signal.takeConfiguration',
  message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp },
});
const candidate: ClientEvent = {
  type: 'signal.takeCandidate',
  message: { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: 'theirs' },
};
const answerCreated: ClientEvent = { type: 'rtc.answerCreated', sdp: 'answer' };
const finished: ClientEvent = {
  type: 'signal.play_finished',
  message: { command: 'notification', definition: 'play_finished', streamId: 's1' },
};
const error = (definition: string): ClientEvent => ({
  type: 'signal.error',
  message: { command: 'error', definition, streamId: 's1' },
});

const requesting = [play, opened];
const playing = [...requesting, offer(), answerCreated, { type: 'rtc.connected' } as const];

test('play asks, and the offer that answers is answered', () => {
  expect(after(...requesting).effects[0]).toEqual({
    type: 'signal.send',
    message: { command: 'play', streamId: 's1', trackList: [] },
  });
  expect(after(...requesting, offer()).effects).toEqual([
    { type: 'timer.stop', name: 'request' },
    { type: 'rtc.open', role: 'player', streamId: 's1' },
    { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'offer' } },
    { type: 'rtc.createAnswer' },
    { type: 'timer.start', name: 'media', ms: 10_000 },
  ]);
  expect(after(...playing).snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'playing' } });
});

test('a candidate before any offer is held', () => {
  expect(after(...requesting, candidate, offer()).effects).not.toContainEqual(
    expect.objectContaining({ type: 'rtc.addIceCandidate' }),
  );
});

test('a further offer is answered on the same connection', () => {
  expect(after(...playing, offer('again')).effects).toEqual([
    { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'again' } },
    { type: 'rtc.createAnswer' },
  ]);
});

test('a further offer that cannot be applied does not end the player', () => {
  const { snapshot, effects } = after(...playing, offer('bad'), {
    type: 'rtc.failed',
    step: 'setRemoteDescription',
    reason: 'garbage',
  });
  expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'playing' } });
  expect(effects).toEqual([]);
});

describe('a preferred height', () => {
  const prefer = (height: number, trackId?: string): ClientEvent => ({ type: 'app.prefer', height, trackId });
  const message = (streamHeight: number, trackId?: string) => ({
    type: 'signal.send',
    message: { command: 'forceStreamQuality', streamId: 's1', streamHeight, ...(trackId && { trackId }) },
  });

  test('is said at once while the stream plays, of one track or of all', () => {
    expect(after(...playing, prefer(360)).effects).toEqual([message(360)]);
    expect(after(...playing, prefer(180, 'v1')).effects).toEqual([message(180, 'v1')]);
  });

  test('is said again to every player that the server starts', () => {
    expect(after(...requesting, prefer(360), prefer(180, 'v1')).effects).toEqual([]);
    const first = [...requesting, prefer(360), prefer(180, 'v1'), offer()];
    const said = (effects: readonly unknown[]) => effects.filter((effect) => JSON.stringify(effect).includes('force'));
    expect(said(after(...first).effects)).toEqual([message(360), message(180, 'v1')]);
    expect(said(after(...first, finished, { type: 'timer.retry' }, offer()).effects)).toHaveLength(2);
  });
});

test('what the server measures is known while the stream plays', () => {
  const tracks = [{ trackId: 'v1', streamHeight: 180, heights: [180, 360], reason: 'bandwidth' as const }];
  const measured: ClientEvent = {
    type: 'signal.bitrateMeasurement',
    message: {
      command: 'notification',
      definition: 'bitrateMeasurement',
      streamId: 's1',
      targetBitrate: 300_000,
      videoBitrate: 150_000,
      audioBitrate: 40_000,
      tracks,
    },
  };
  const quality = { estimate: 300_000, videoBitrate: 150_000, audioBitrate: 40_000, tracks };
  expect(after(...playing, measured).snapshot.context.quality).toEqual(quality);
  expect(after(...playing, measured, finished).snapshot.context.quality).toBeUndefined();
});

test('no_stream_exist ends a player that never played', () => {
  expect(after(...requesting, error('no_stream_exist')).snapshot).toMatchObject({
    value: 'ended',
    context: { reason: 'refused', definition: 'no_stream_exist' },
  });
});

test('a stream that ends is asked for again, also when it is not there for a while', () => {
  const retrying = [...playing, finished];
  expect(after(...retrying).snapshot.value).toBe('retrying');
  const asked = [...retrying, { type: 'timer.retry' } as const];
  expect(after(...asked).snapshot.value).toBe('requesting');
  expect(after(...asked, error('no_stream_exist')).snapshot.value).toBe('retrying');
});

describe('stop', () => {
  test('waits for the confirmation, so that an offer on its way is not taken for the next', () => {
    expect(after(...requesting, stop, offer()).effects).toEqual([]);
    expect(after(...requesting, stop, play, offer()).effects).toEqual([]);
    expect(after(...requesting, stop, play, offer(), finished).snapshot.value).toBe('requesting');
  });

  test('ends it', () => {
    expect(after(...playing, stop, finished).snapshot.value).toBe('stopped');
    expect(after(...playing, { type: 'socket.lost' }, stop).snapshot.value).toBe('stopped');
  });
});

test('an offer that cannot be answered: the end is awaited before the next play, or the end', () => {
  const failed: ClientEvent[] = [
    ...requesting,
    offer(),
    { type: 'rtc.failed', step: 'setRemoteDescription', reason: 'garbage' },
  ];
  expect(after(...failed).snapshot.value).toBe('failing');
  for (const end of [finished, { type: 'socket.lost' }, { type: 'timer.stopping' }] as const)
    expect(after(...failed, end).snapshot).toMatchObject({ value: 'ended', context: { reason: 'failed' } });
  expect(after(...failed, play).snapshot.value).toBe('restarted');
  expect(after(...failed, play, finished).snapshot.value).toBe('requesting');
});
