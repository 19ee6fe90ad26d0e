import { expect, test } from 'vitest';
import { actionKinds } from './action.ts';
import type { ClientRoleEffect, ServerRoleEffect } from './effect.ts';
import type { ClientEvent, ServerEvent } from './event.ts';

// The compiler is what these tests test: without the error that each line expects, `types` fails.
test('a message in the wrong direction does not compile', () => {
  const client = actionKinds<Record<string, never>, ClientEvent, ClientRoleEffect>();
  const server = actionKinds<Record<string, never>, ServerEvent, ServerRoleEffect>();
  client.effect(() => ({ type: 'signal.send', message: { command: 'publish', streamId: 's1' } }));
  // @ts-expect-error `start` is the server's to say.
  client.effect(() => ({ type: 'signal.send', message: { command: 'start', streamId: 's1' } }));
  server.effect(() => ({ type: 'signal.send', message: { command: 'start', streamId: 's1' } }));
  // @ts-expect-error `publish` is the client's to say.
  server.effect(() => ({ type: 'signal.send', message: { command: 'publish', streamId: 's1' } }));
  // @ts-expect-error A client has no streams to claim.
  client.effect(() => ({ type: 'stream.announce', streamId: 's1' }));
  expect.assertions(0);
});
