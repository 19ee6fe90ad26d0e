import { describe, expect, test } from 'vitest';
import type { RoleName } from '../machines/ports/role.ts';
import type { ServerMessage } from '../protocol/message.ts';
import { type RoleRoute, routeFromServer } from './route.ts';

const role = (name: RoleName, streamId: string): RoleRoute => ({
  address: { role: name, streamId },
  ufrags: new Set(),
});
const roles = [role('publisher', 's1'), role('player', 's1'), role('publisher', 's2'), role('player', 's2')];
const [publisher1, player1, publisher2, player2] = roles;

const hearing = (message: ServerMessage) => routeFromServer(message, roles);
const notified = (definition: 'publish_finished' | 'session_restored' | 'play_started' | 'joined', streamId: string) =>
  hearing({ command: 'notification', definition, streamId });

describe('a notification', () => {
  test('that names a stream is for the role of that kind', () => {
    expect(notified('publish_finished', 's1')).toEqual([publisher1]);
    expect(notified('play_started', 's2')).toEqual([player2]);
  });

  test('that names none is for every role of that kind', () => {
    expect(notified('publish_finished', '')).toEqual([publisher1, publisher2]);
    expect(notified('session_restored', '')).toEqual([publisher1, publisher2]);
    expect(notified('play_started', '')).toEqual([player1, player2]);
    expect(notified('joined', '')).toEqual([]);
  });
});

describe('an error', () => {
  test('that is about one kind of role is for that kind', () => {
    expect(hearing({ command: 'error', definition: 'no_stream_exist', streamId: 's1' })).toEqual([player1]);
    expect(hearing({ command: 'error', definition: 'no_stream_exist' })).toEqual([player1, player2]);
  });

  test('of any other kind is for every role of its stream, or every role', () => {
    expect(hearing({ command: 'error', definition: 'no_encoder_settings', streamId: 's1' })).toEqual([
      publisher1,
      player1,
    ]);
    expect(hearing({ command: 'error', definition: 'constructor' })).toEqual(roles);
  });
});
