import { describe, expect, test } from 'vitest';
import type { Malformed } from '../../protocol/decode.ts';
import type { ServerEvent } from '../event.ts';
import type { IceServer } from '../ports/ice.ts';
import { doubtMs, livenessMs } from '../timer.ts';
import { walk } from '../walk.ts';
import { maxVouched, rememberedIds, socketServer } from './server.ts';

const after = (...events: ServerEvent[]) => walk(socketServer, {}, events);

const malformed = (fields: Partial<Malformed>): ServerEvent => ({
  type: 'signal.malformed',
  malformed: {
    fault: 'field',
    command: undefined,
    field: undefined,
    missing: false,
    tooLong: false,
    streamId: undefined,
    detail: '',
    ...fields,
  },
});
const candidate: ServerEvent = {
  type: 'signal.takeCandidate',
  message: { command: 'takeCandidate', streamId: 's1', candidate: 'a' },
};
const answer: ServerEvent = {
  type: 'signal.takeConfiguration',
  message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'v=0' },
};
const leave: ServerEvent = { type: 'signal.leave', message: { command: 'leave', streamId: 's1' } };
const used = (streamId: string): ServerEvent => ({
  type: 'signal.publish',
  message: { command: 'publish', streamId },
});
const sent = (message: object) => [{ type: 'signal.send', message }];

const requestFields = {
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
};

test('publish and play start a role, which first receives the message', () => {
  const message = { command: 'publish', streamId: 's1' } as const;
  expect(after({ type: 'signal.publish', message }).effects).toEqual([
    { type: 'role.start', address: { role: 'publisher', streamId: 's1' }, message },
  ]);
  const play = { command: 'play', streamId: 's1', trackList: [] } as const;
  expect(after({ type: 'signal.play', message: { ...play, trackList: [] } }).effects).toEqual([
    { type: 'role.start', address: { role: 'player', streamId: 's1' }, message: play },
  ]);
});

test('ping is answered with pong', () => {
  expect(after({ type: 'signal.ping', message: { command: 'ping' } }).effects).toEqual(sent({ command: 'pong' }));
});

describe('getIceServerConfig', () => {
  const ask: ServerEvent = { type: 'signal.getIceServerConfig', message: { command: 'getIceServerConfig' } };
  const request = { ...requestFields, action: 'relay', streamId: '' } as const;
  const granted: ServerEvent = { type: 'access.granted', request };
  const refused: ServerEvent = { type: 'access.refused', request, definition: 'unauthorized_access' };
  const told = (...iceServers: IceServer[]): ServerEvent => ({ type: 'ice.servers', iceServers });
  const asksForAll = [{ type: 'ice.request', withCredentials: true }];

  test('asks whether the socket may know credentials', () => {
    expect(after(ask).effects).toEqual([{ type: 'access.request', ...request }]);
    expect(after(ask, granted).effects).toEqual(asksForAll);
  });

  test('is answered with an empty URI when there is no server, never with an error', () => {
    expect(after(ask, granted, told()).effects).toEqual(sent({ command: 'iceServerConfig', stunServerUri: '' }));
    expect(after(ask, refused).effects).toEqual([{ type: 'ice.request', withCredentials: false }]);
  });

  test('is answered with the first server and its credentials', () => {
    const servers = [{ urls: 'turn:a', username: 'u', credential: 'c' }, { urls: 'stun:b' }];
    expect(after(ask, granted, told(...servers)).effects).toEqual(
      sent({
        command: 'iceServerConfig',
        stunServerUri: 'turn:a',
        turnServerUsername: 'u',
        turnServerCredential: 'c',
      }),
    );
  });

  test('is answered once more, with credentials, as soon as a role or the socket has shown a right', () => {
    const enters = { ...requestFields, action: 'join', streamId: 'c1' } as const;
    const joined: ServerEvent = { type: 'access.granted', request: enters, right: 'stream' };
    const join: ServerEvent = { type: 'signal.join', message: { command: 'join', streamId: 'c1' } as never };
    expect(after(ask, refused, { type: 'access.shown' }).effects).toEqual(asksForAll);
    expect(after(ask, refused, { type: 'access.shown' }, { type: 'access.shown' }).effects).toEqual([]);
    expect(after(ask, refused, join, joined).effects[0]).toEqual(asksForAll[0]);
    expect(after(ask, refused, join, { ...joined, right: undefined }).effects).toHaveLength(1);
    expect(after(ask, granted, { type: 'access.shown' }).effects).toEqual([]);
    expect(after({ type: 'access.shown' }).effects).toEqual([]);
  });
});

describe('messages without a role', () => {
  test.each([
    ['an answer', answer],
    ['a candidate', candidate],
    ['a leave', leave],
  ])('%s for an id this socket never used hears no_peer_associated_before', (_, event) => {
    expect(after(event).effects).toEqual(
      sent({ command: 'error', definition: 'no_peer_associated_before', streamId: 's1' }),
    );
  });

  test.each([
    ['an answer', answer],
    ['a candidate', candidate],
    ['a leave', leave],
  ])('%s for an id that was used before is late, or for another role, and ignored', (_, event) => {
    expect(after(used('s1'), event).effects).toEqual([]);
  });

  test('only the last ids are remembered', () => {
    const later = Array.from({ length: rememberedIds }, (_, index) => used(`t${index}`));
    expect(after(used('s1'), ...later, candidate).effects).not.toEqual([]);
    expect(after(used('s1'), ...later, used('s1'), candidate).effects).toEqual([]);
  });

  test('a stop is ignored', () => {
    expect(after({ type: 'signal.stop', message: { command: 'stop', streamId: 's1' } }).effects).toEqual([]);
  });
});

describe('malformed messages', () => {
  test.each([
    ['no streamId', { field: 'streamId', missing: true }, 'noStreamNameSpecified'],
    ['a streamId of forbidden characters', { field: 'streamId', missing: false }, 'invalidStreamName'],
    ['no room', { field: 'room', missing: true }, 'no_room_specified'],
    ['a room of forbidden characters', { field: 'room', missing: false }, 'invalidStreamName'],
  ])('%s is an error', (_, fields, definition) => {
    expect(after(malformed({ command: 'publish', ...fields })).effects).toEqual(sent({ command: 'error', definition }));
  });

  test('invalidStreamName has the id, if possible', () => {
    const invalid = { command: 'publish', field: 'streamId', missing: false };
    expect(after(malformed({ ...invalid, streamId: 'a/b' })).effects).toEqual(
      sent({ command: 'error', definition: 'invalidStreamName', streamId: 'a/b' }),
    );
  });

  test('a takeConfiguration without a description is notSetRemoteDescription', () => {
    expect(after(malformed({ command: 'takeConfiguration', field: 'sdp', streamId: 's1' })).effects).toEqual(
      sent({ command: 'error', definition: 'notSetRemoteDescription', streamId: 's1' }),
    );
  });

  test('a text that is no object with a command is invalidMessage, which says what is wrong', () => {
    expect(after(malformed({ fault: 'text', detail: 'null instead of a JSON object' })).effects).toEqual(
      sent({ command: 'error', definition: 'invalidMessage', information: 'null instead of a JSON object' }),
    );
  });

  test('any other field is invalidMessage, with the id', () => {
    const invalid = { command: 'takeCandidate', field: 'candidate', streamId: 's1', detail: 'a string is expected' };
    expect(after(malformed(invalid)).effects).toEqual(
      sent({ command: 'error', definition: 'invalidMessage', streamId: 's1', information: 'a string is expected' }),
    );
  });

  test('an unknown command is ignored', () => {
    expect(after(malformed({ fault: 'command', detail: 'no known command' })).effects).toEqual([]);
  });
});

describe('liveness', () => {
  test('is asked for at intervals, and an answer is enough', () => {
    expect(after().all).toEqual([{ type: 'timer.start', name: 'liveness', ms: livenessMs }]);
    expect(after({ type: 'timer.liveness' }).effects).toEqual([
      { type: 'socket.ping' },
      { type: 'timer.start', name: 'liveness', ms: livenessMs },
    ]);
    expect(
      after({ type: 'timer.liveness' }, { type: 'socket.ponged' }, { type: 'timer.liveness' }).effects,
    ).toContainEqual({
      type: 'socket.ping',
    });
  });

  const due: ServerEvent = { type: 'timer.liveness' };
  const vouched: ServerEvent = { type: 'socket.vouched' };

  test('a socket that does not answer is closed, unless media of its client arrives', () => {
    const doubted = after(due, due);
    expect(doubted.effects).toEqual([{ type: 'socket.doubt' }, { type: 'timer.start', name: 'liveness', ms: doubtMs }]);
    const { snapshot, effects } = after(due, due, due);
    expect(snapshot.value).toBe('closed');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'liveness' }, { type: 'socket.close' }]);
    const kept = after(due, due, vouched);
    expect(kept.snapshot.value).toEqual({ open: 'awaitingPong' });
    expect(kept.effects).toEqual([{ type: 'socket.ping' }, { type: 'timer.start', name: 'liveness', ms: livenessMs }]);
  });

  test('media keeps a silent socket open five times in a row, until it answers again', () => {
    const five = Array.from({ length: maxVouched }, () => [due, vouched]).flat();
    expect(after(due, ...five).snapshot.value).toEqual({ open: 'awaitingPong' });
    expect(after(due, ...five, due, vouched).effects).toEqual([]);
    expect(after(due, ...five, due, vouched, due).snapshot.value).toBe('closed');
    const answered: ServerEvent = { type: 'socket.ponged' };
    expect(after(due, ...five, answered, due, due, vouched).snapshot.value).toEqual({ open: 'awaitingPong' });
    expect(after(due, ...five, due, answered).effects).toEqual([
      { type: 'timer.start', name: 'liveness', ms: livenessMs },
    ]);
  });
});

test('a server that stops notifies the client before it closes the socket', () => {
  expect(after({ type: 'app.close' }).effects).toEqual([
    { type: 'timer.stop', name: 'liveness' },
    { type: 'signal.send', message: { command: 'notification', definition: 'server_will_stop' } },
    { type: 'socket.close' },
  ]);
});
