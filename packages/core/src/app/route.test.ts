import { describe, expect, test } from 'vitest';
import type { RoleName } from '../machines/ports/role.ts';
import type { ServerMessage } from '../protocol/message.ts';
import { type RoleRoute, routeFromClient, routeFromServer, ufragsAfter } from './route.ts';

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

test('an error with a room is for the member of that room, even if a player has its id', () => {
  const [member, other, player] = [role('member', 'r1'), role('member', 'r2'), role('player', 'r1')];
  const refusal = { command: 'error', definition: 'unauthorized_access', streamId: 'r1', room: 'r1' } as const;
  expect(routeFromServer(refusal, [member, other, player])).toEqual([member]);
  expect(routeFromServer(refusal, [other, player])).toEqual([player]);
  const displaced = { command: 'error', definition: 'streamIdInUse', streamId: 's1', room: 'r1' } as const;
  expect(routeFromServer(displaced, [member, other, ...roles])).toEqual([member]);
});

describe('a candidate', () => {
  const described = (name: RoleName, ...ufrags: readonly string[]): RoleRoute => ({
    address: { role: name, streamId: 's1' },
    ufrags: new Set(ufrags),
  });
  const [publisher, player, fresh] = [
    described('publisher', 'up'),
    described('player', 'down', 'older'),
    described('player'),
  ];
  const rolesFor = (ufrag: string, ...running: readonly RoleRoute[]) => {
    const candidate = `candidate:1 1 udp 1 192.0.2.1 9 typ host${ufrag}`;
    const message = { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate } as const;
    return [routeFromServer(message, running), routeFromClient(message, () => running, [])] as const;
  };

  test.each([
    ['with the fragment of a description is for its role', ' ufrag down', [player]],
    ['of an older description of a connection is still for its role', ' ufrag older', [player]],
    ['without a fragment is for every role', '', [publisher, player]],
  ])('%s', (_, ufrag, expected) => {
    const [onClient, onServer] = rolesFor(ufrag, publisher, player);
    expect(onClient).toEqual(expected);
    expect(onServer).toEqual({ to: 'roles', roles: expected });
  });

  test('with an unknown fragment is for a role that has no description yet, and for no other', () => {
    expect(rolesFor(' ufrag new', publisher, fresh)[0]).toEqual([fresh]);
    const [onClient, onServer] = rolesFor(' ufrag gone', publisher, player);
    expect(onClient).toEqual([]);
    expect(onServer).toEqual({ to: 'socket' });
  });
});

test('of the fragments of older descriptions, a few are remembered', () => {
  let ufrags: ReadonlySet<string> = new Set();
  for (let offer = 0; offer < 100; offer += 1) ufrags = ufragsAfter(ufrags, `a=ice-ufrag:u${offer}\r\n`);
  expect([...ufrags].slice(0, 2)).toEqual(['u99', 'u98']);
  expect(ufrags.size).toBe(9);
});
