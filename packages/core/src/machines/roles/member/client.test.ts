import { expect, test } from 'vitest';
import type { ClientEvent } from '../../event.ts';
import { walk } from '../../walk.ts';
import { conferenceClient } from './client.ts';

const room = 'r1';

const entered: readonly ClientEvent[] = [
  { type: 'app.enter', room, streamId: 'own' },
  { type: 'socket.opened' },
  {
    type: 'signal.joinedTheRoom',
    message: {
      command: 'notification',
      definition: 'joinedTheRoom',
      streamId: 'own',
      streams: ['other'],
      room,
      ATTR_ROOM_NAME: room,
    },
  } as ClientEvent,
];

const inUse = (inRoom: string | undefined): ClientEvent => ({
  type: 'signal.error',
  message: { command: 'error', definition: 'streamIdInUse', streamId: 'own', room: inRoom } as never,
});

test('a member that has lost its id to another client ends, and so do its publisher and players', () => {
  const { snapshot, effects } = walk(conferenceClient, {}, [...entered, inUse(room)]);
  expect([snapshot.value, snapshot.context.reason, snapshot.context.definition]).toEqual([
    'ended',
    'replaced',
    'streamIdInUse',
  ]);
  expect(effects).toEqual([
    { type: 'role.stop', address: { role: 'publisher', streamId: 'own' } },
    { type: 'role.stop', address: { role: 'player', streamId: 'other' } },
  ]);
});

test('a member stays when only its publisher was refused', () => {
  expect(walk(conferenceClient, {}, [...entered, inUse(undefined)]).snapshot.value).toBe('entered');
});
