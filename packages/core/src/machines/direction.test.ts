import { expect, test } from 'vitest';
import { setup } from 'xstate';
import type { ServerMessage } from '../protocol/message.ts';
import { actionKinds, send, sendOwnActions } from './action.ts';
import type { ClientRoleEffect, ServerRoleEffect } from './effect.ts';
import type { ClientEvent, ServerEvent } from './event.ts';

// The compiler runs these tests: without the error that each line expects, `types` fails.
test('a message in the wrong direction does not compile', () => {
  const client = actionKinds<Record<string, never>, ClientEvent, ClientRoleEffect>();
  const server = actionKinds<Record<string, never>, ServerEvent, ServerRoleEffect>();
  client.effect(() => ({ type: 'signal.send', message: { command: 'publish', streamId: 's1' } }));
  // @ts-expect-error only a server sends `start`.
  client.effect(() => ({ type: 'signal.send', message: { command: 'start', streamId: 's1' } }));
  server.effect(() => ({ type: 'signal.send', message: { command: 'start', streamId: 's1' } }));
  // @ts-expect-error only a client sends `publish`.
  server.effect(() => ({ type: 'signal.send', message: { command: 'publish', streamId: 's1' } }));
  // @ts-expect-error A client has no streams to claim.
  client.effect(() => ({ type: 'stream.announce', streamId: 's1' }));
  expect.assertions(0);
});

test('a message in the wrong direction, or an error that is not documented, does not compile as a parameter', () => {
  const machines = setup({
    types: { context: {} as { streamId: string }, events: {} as ServerEvent, emitted: {} as ServerRoleEffect },
    actions: sendOwnActions<{ streamId: string }, ServerEvent, ServerMessage>(),
  });
  const context = { streamId: 's1' };
  machines.createMachine({ context, entry: send({ command: 'start' }) });
  machines.createMachine({ context, entry: send({ command: 'error', definition: 'no_stream_exist' }) });
  // @ts-expect-error only a client sends `publish`.
  machines.createMachine({ context, entry: send({ command: 'publish' }) });
  // @ts-expect-error The protocol does not define it.
  machines.createMachine({ context, entry: send({ command: 'error', definition: 'no_such_definition' }) });
  expect.assertions(0);
});
