import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type Broadcast, broadcast } from '../../protocol/broadcast.ts';
import { answerTo, type KnownStream, pageSize, type StreamInfo, type StreamQuery } from './answer.ts';

const known = (streamId: string, more: Partial<Broadcast> = {}): Broadcast => ({
  streamId,
  name: '',
  description: '',
  status: 'broadcasting',
  type: 'liveStream',
  publishType: 'WebRTC',
  date: 1,
  startTime: 1,
  plannedStartDate: 0,
  plannedEndDate: 0,
  metaData: '',
  role: '',
  mainTrackStreamId: '',
  subTrackStreamIds: [],
  subtracksLimit: -1,
  webRTCViewerCount: 0,
  webRTCViewerLimit: -1,
  hlsViewerCount: 0,
  dashViewerCount: 0,
  rtmpViewerCount: 0,
  speed: 1,
  zombi: true,
  virtual: false,
  ...more,
});
const long = (length: number) => known('a', { metaData: '"'.repeat(length) });

test('a page has as many entries as fit into a message, and one at least', () => {
  const page = (subtracks: readonly Broadcast[]) => {
    const answer = answerTo({ command: 'getSubtracks', streamId: 'r1' } as StreamQuery, { subtracks });
    expect(JSON.stringify(answer).length).toBeLessThan(262_144);
    return (answer as { readonly subtrackList: readonly string[] }).subtrackList.length;
  };
  expect(page(Array(60).fill(known('a')))).toBe(50);
  expect(page(Array(60).fill(long(8_192)))).toBe(6);
  expect(page([long(60_000)])).toBe(1);
});

const info = { streamWidth: 640, streamHeight: 480, videoBitrate: 1, audioBitrate: 2, videoCodec: 'VP8' };
const room: KnownStream = {
  broadcast: known('r1', { virtual: true, subTrackStreamIds: ['a', 'b'] }),
  info: [],
  subtracks: [known('a', { role: 'speaker' }), known('b', { status: 'preparing' })],
  subscribers: [
    { subscriberId: 'u1', subscriberName: 'Ann', streamId: 'r1' },
    { subscriberId: '', subscriberName: '', streamId: 'r1' },
  ],
};
const stream: KnownStream = { broadcast: known('s1'), info: [info], subtracks: [], subscribers: [] };
const command = 'notification';

/** The entries of a list of texts, parsed. */
const parsed = (message: object, list: 'subtrackList' | 'subscriberList'): unknown[] =>
  (message as Record<typeof list, string[]>)[list].map((text) => JSON.parse(text));

test('getStreamInfo describes a live stream, and refuses any other', () => {
  const question: StreamQuery = { command: 'getStreamInfo', streamId: 's1' };
  expect(answerTo(question, stream)).toEqual({ command: 'streamInformation', streamId: 's1', streamInfo: [info] });
  const layers = [
    { streamWidth: 320, streamHeight: 240, videoBitrate: 1 },
    { streamWidth: 640, streamHeight: 480, videoBitrate: 3 },
  ];
  expect(answerTo(question, { ...stream, info: [{ ...info, layers }] })).toMatchObject({
    streamInfo: layers.map((layer) => ({ ...info, ...layer })),
  });
  expect(answerTo(question, { ...stream, info: [] })).toMatchObject({ definition: 'no_stream_exist' });
});

test('getStreamInfo of a room lists each height of the videos in it once, from the smallest', () => {
  const question: StreamQuery = { command: 'getStreamInfo', streamId: 'r1' };
  const heightsOf = (infos: readonly StreamInfo[]) => {
    const answer = answerTo(question, { ...room, info: infos });
    return 'streamInfo' in answer ? answer.streamInfo.map(({ streamHeight }) => streamHeight) : answer;
  };
  const layers = [180, 720].map((height) => ({ streamWidth: 2 * height, streamHeight: height, videoBitrate: 1 }));
  const audio = { ...info, streamWidth: 0, streamHeight: 0, videoCodec: '' };
  expect(heightsOf([info, audio, { ...info, layers }, info])).toEqual([180, 480, 720]);
  expect(heightsOf([audio, audio])).toEqual([0]);
  expect(heightsOf([])).toMatchObject({ definition: 'no_stream_exist' });
});

test('getDebugInfo tells what is known as lines of text, without what people call themselves', () => {
  const debugInfo = (streamId: string, about: Partial<KnownStream> | undefined) =>
    answerTo({ command: 'getDebugInfo', streamId }, about);
  expect(debugInfo('r1', room)).toEqual({
    command,
    definition: 'debugInfo',
    streamId: 'r1',
    debugInfo: 'r1: broadcasting\nplayers: 2\nstreams: a (broadcasting), b (preparing)',
  });
  const inRoom = { ...stream, broadcast: known('s1', { mainTrackStreamId: 'r1' }) };
  expect(debugInfo('s1', inRoom)).toMatchObject({
    debugInfo: 's1: broadcasting, in room r1\nVP8 640x480, video 1 bit/s, audio 2 bit/s\nplayers: 0',
  });
  const many = { ...room, subtracks: Array(60).fill(known('a')) };
  expect(debugInfo('r1', many)).toMatchObject({ debugInfo: expect.stringMatching(/, 10 more$/) });
  expect(debugInfo('s1', undefined)).toMatchObject({ definition: 'no_stream_exist' });
});

test('getBroadcastObject returns everything as a JSON string, with a list of subtracks that is never null', () => {
  for (const { broadcast: expected, ...rest } of [room, stream]) {
    const { streamId } = expected;
    const answer = answerTo({ command: 'getBroadcastObject', streamId }, { broadcast: expected, ...rest });
    expect(answer).toEqual({ command, definition: 'broadcastObject', streamId, broadcast: JSON.stringify(expected) });
    expect(v.safeParse(broadcast, JSON.parse((answer as { broadcast: string }).broadcast)).success).toBe(true);
  }
});

test('getTrackList returns the ids of the subtracks', () => {
  const answer = answerTo({ command: 'getTrackList', streamId: 'r1', token: undefined }, room);
  expect(answer).toEqual({ command: 'trackList', streamId: 'r1', trackList: ['a', 'b'] });
});

test('getSubtracksCount counts those of a role and in a state', () => {
  const count = (more: object) =>
    answerTo({ command: 'getSubtracksCount', streamId: 'r1', role: undefined, status: undefined, ...more }, room);
  const counted = (number: number) => ({ command, definition: 'subtrackCount', streamId: 'r1', count: number });
  expect(count({})).toEqual(counted(2));
  expect(count({ role: 'speaker' })).toEqual(counted(1));
  expect(count({ status: 'broadcasting' })).toEqual(counted(1));
  expect(count({ role: 'nobody' })).toEqual(counted(0));
});

test('getSubscriberCount counts the players', () => {
  const answer = answerTo({ command: 'getSubscriberCount', streamId: 'r1' }, room);
  expect(answer).toEqual({ command, definition: 'subscriberCount', streamId: 'r1', count: 2 });
});

test('getSubscribers returns each player as a JSON string', () => {
  const answer = answerTo({ command: 'getSubscribers', streamId: 'r1', offset: undefined, size: undefined }, room);
  expect(answer).toMatchObject({ command, definition: 'subscriberList', streamId: 'r1' });
  expect(parsed(answer, 'subscriberList')).toEqual(room.subscribers);
});

describe('a page', () => {
  const subtracks = Array.from({ length: pageSize + 10 }, (_, index) => known(`t${index}`));
  const page = (more: object) => {
    const question: StreamQuery = { command: 'getSubtracks', streamId: 'r1', role: undefined, offset: 0, size: 1 };
    const entries = parsed(answerTo({ ...question, ...more }, { ...room, subtracks }), 'subtrackList');
    return entries.map((entry) => (entry as Broadcast).streamId);
  };

  test('starts at offset and has size entries', () => {
    expect(page({ offset: 2, size: 3 })).toEqual(['t2', 't3', 't4']);
    expect(page({ offset: 58, size: 5 })).toEqual(['t58', 't59']);
    expect(page({ offset: 1000, size: 5 })).toEqual([]);
  });

  test('has at most the maximum of entries, and none for an invalid size', () => {
    expect(page({ offset: undefined, size: undefined })).toHaveLength(pageSize);
    expect(page({ size: 1_000_000 })).toHaveLength(pageSize);
    expect(page({ offset: -3, size: 2 })).toEqual(['t0', 't1']);
    expect(page({ size: -1 })).toEqual([]);
    expect(page({ offset: 0.5, size: 1.9 })).toEqual(['t0']);
  });
});

test.each([
  'getStreamInfo',
  'getTrackList',
  'getBroadcastObject',
  'getSubtracks',
  'getSubtracksCount',
  'getSubscriberCount',
  'getSubscribers',
] as const)('%s of an id that nobody knows is no_stream_exist', (question) => {
  expect(answerTo({ command: question, streamId: 'x' } as StreamQuery, undefined)).toEqual({
    command: 'error',
    definition: 'no_stream_exist',
    error_code: '404',
    streamId: 'x',
  });
});

test('the requested properties suffice for the answer, and missing ones are not invented', () => {
  const { broadcast: all, subtracks, subscribers } = room;
  const streamId = 'r1';
  const parts = [
    [{ command: 'getStreamInfo', streamId }, { info: [info] }],
    [{ command: 'getTrackList', streamId }, { subtracks }],
    [{ command: 'getBroadcastObject', streamId }, { broadcast: all }],
    [{ command: 'getSubtracks', streamId }, { subtracks }],
    [{ command: 'getSubtracksCount', streamId }, { subtracks }],
    [{ command: 'getSubscriberCount', streamId }, { subscribers }],
    [{ command: 'getSubscribers', streamId }, { subscribers }],
  ] as const satisfies readonly (readonly [StreamQuery, Partial<KnownStream>])[];
  for (const [question, part] of parts)
    expect(answerTo(question, part)).toEqual(answerTo(question, { ...room, info: [info] }));
  expect(answerTo({ command: 'getBroadcastObject', streamId }, {})).toMatchObject({ definition: 'no_stream_exist' });
});
