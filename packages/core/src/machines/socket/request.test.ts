import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../event.ts';
import type { AccessRequest } from '../ports/access.ts';
import { heardByServer } from '../ports/signal.ts';
import { walk } from '../walk.ts';
import { socketServer } from './server.ts';

const after = (...events: ServerEvent[]) => walk(socketServer, {}, events);
const nothing = {
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
};
const requested = (request: Partial<AccessRequest>) => [{ type: 'access.request', ...nothing, ...request }];
const granted = (request: Partial<AccessRequest>): ServerEvent => ({
  type: 'access.granted',
  request: { action: 'join', streamId: '', ...nothing, ...request },
});
const refused = (request: Partial<AccessRequest>): ServerEvent => ({
  type: 'access.refused',
  definition: 'unauthorized_access',
  request: { action: 'join', streamId: '', ...nothing, ...request },
});

const joining = { action: 'join', streamId: 'c1', token: 't' } as const;
const join = heardByServer({
  command: 'join',
  streamId: 'c1',
  token: 't',
  multiPeer: undefined,
  mode: 'both',
});
const joinRoom = { command: 'joinRoom', room: 'r1' } as const;
const entering = { action: 'enter', streamId: 'r1', room: 'r1', message: joinRoom } as const;
const leaveFromRoom = { command: 'leaveFromRoom', room: 'r1' } as const;

describe('join', () => {
  test('is asked for with its token, and done once it is granted', () => {
    expect(after(join).effects).toEqual(requested(joining));
    expect(after(join, granted(joining)).effects).toEqual([
      { type: 'role.start', address: { role: 'peer', streamId: 'c1' }, message: { command: 'join', streamId: 'c1' } },
    ]);
  });

  test('that is refused is answered with the error', () => {
    expect(after(join, refused(joining)).effects).toEqual([
      { type: 'signal.send', message: { command: 'error', definition: 'unauthorized_access', streamId: 'c1' } },
    ]);
  });

  test.each(['leave', 'stop'] as const)('that is taken back by %s is not done, nor refused', (command) => {
    const back = heardByServer({ command, streamId: 'c1' });
    expect(after(join, back, granted(joining)).effects).toEqual([]);
    expect(after(join, back, refused(joining)).effects).toEqual([]);
    expect(after(join, back, join, granted(joining)).effects).toHaveLength(1);
  });
});

describe('joinRoom', () => {
  test('is authorized, and forwarded to the room once granted', () => {
    expect(after(heardByServer(joinRoom)).effects).toEqual(requested(entering));
    expect(after(heardByServer(joinRoom), granted(entering)).effects).toEqual([
      { type: 'room.tell', message: joinRoom },
    ]);
  });

  test('carries its credentials', () => {
    const shown = { token: 't', subscriberId: 'u', subscriberCode: '123456' };
    const message = { ...joinRoom, ...shown };
    expect(after(heardByServer(message)).effects).toEqual(requested({ ...entering, ...shown, message }));
  });

  test('that is refused is answered with an error that names the room', () => {
    expect(after(heardByServer(joinRoom), refused(entering)).effects).toEqual([
      {
        type: 'signal.send',
        message: { command: 'error', definition: 'unauthorized_access', streamId: 'r1', room: 'r1' },
      },
    ]);
  });

  test('that is taken back by leaveFromRoom is not done', () => {
    const { effects } = after(heardByServer(joinRoom), heardByServer(leaveFromRoom), granted(entering));
    expect(effects).toEqual([]);
  });

  test('twice is asked for twice, and done twice', () => {
    const twice = [heardByServer(joinRoom), heardByServer(joinRoom)];
    expect(after(...twice, granted(entering), granted(entering)).effects).toHaveLength(1);
    expect(after(...twice, granted(entering), granted(entering), granted(entering)).effects).toEqual([]);
  });
});

test('leaveFromRoom is forwarded to the room without authorization', () => {
  expect(after(heardByServer(leaveFromRoom)).effects).toEqual([{ type: 'room.tell', message: leaveFromRoom }]);
});

test('getRoomInfo is authorized, and forwarded to the room once granted', () => {
  const message = { command: 'getRoomInfo', room: 'r1', streamId: 'own' } as const;
  const asking = { action: 'query', streamId: 'r1', room: 'r1', message } as const;
  expect(after(heardByServer(message)).effects).toEqual(requested(asking));
  expect(after(heardByServer(message), granted(asking)).effects).toEqual([{ type: 'room.tell', message }]);
});

describe.each([
  { command: 'getStreamInfo', streamId: 's1' },
  { command: 'getTrackList', streamId: 's1', token: 't' },
  { command: 'getBroadcastObject', streamId: 's1' },
  { command: 'getSubtracks', streamId: 's1' },
  { command: 'getSubtracksCount', streamId: 's1' },
  { command: 'getSubscriberCount', streamId: 's1' },
  { command: 'getSubscribers', streamId: 's1' },
] as const)('$command', (message) => {
  const token = 'token' in message ? message.token : undefined;
  const asking = { action: 'query', streamId: 's1', token, message } as const;

  test('is asked for, and described once it is granted', () => {
    expect(after(heardByServer(message)).effects).toEqual(requested(asking));
    expect(after(heardByServer(message), granted(asking)).effects).toEqual([
      { type: 'question.ask', question: message },
    ]);
  });

  test('is answered from the known properties', () => {
    expect(after({ type: 'question.answered', question: message, known: undefined }).effects).toEqual([
      {
        type: 'signal.send',
        message: { command: 'error', definition: 'no_stream_exist', error_code: '404', streamId: 's1' },
      },
    ]);
  });

  test('that is refused is answered with the error', () => {
    expect(after(heardByServer(message), refused(asking)).effects).toEqual([
      { type: 'signal.send', message: { command: 'error', definition: 'unauthorized_access', streamId: 's1' } },
    ]);
  });
});

test('an unrequested grant is ignored', () => {
  expect(after(granted(joining)).effects).toEqual([]);
  expect(after(granted(entering)).effects).toEqual([]);
});
