import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSessionServer, type SessionServer } from './cookieSession.ts';

let own: SessionServer;
let origin = '';

beforeEach(async () => {
  own = createSessionServer(() => origin);
  await once(own.http.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(own.http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await own.signalling.close();
  await own.media.close();
  own.http.close();
});

const logIn = async (user: string) => {
  const response = await fetch(`${origin}/?user=${user}`, { method: 'POST' });
  return response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
};

/** The first answer to a message on a socket with these headers. */
async function answerTo(message: object, headers: Record<string, string>): Promise<unknown> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/live/websocket`, { headers });
  await once(socket, 'open');
  socket.send(JSON.stringify(message));
  const [answer] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(answer));
}

const refused = (streamId: string) => ({ command: 'error', definition: 'unauthorized_access', streamId });

test('a user publishes under the own name without a token', async () => {
  const headers = { cookie: await logIn('ann'), origin };
  expect(await answerTo({ command: 'publish', streamId: 'ann' }, headers)).toEqual({
    command: 'start',
    streamId: 'ann',
  });
  expect(await answerTo({ command: 'publish', streamId: 'bob' }, headers)).toEqual(refused('bob'));
});

test('and enters a room under no other', async () => {
  const headers = { cookie: await logIn('ann'), origin };
  expect(await answerTo({ command: 'joinRoom', room: 'r1', streamId: 'ann' }, headers)).toMatchObject({
    definition: 'joinedTheRoom',
  });
  expect(await answerTo({ command: 'joinRoom', room: 'r1', streamId: 'bob' }, headers)).toMatchObject(refused('r1'));
});

test('without a cookie, or with one from the page of another site, there is no identity', async () => {
  const cookie = await logIn('ann');
  for (const headers of [{ origin }, { cookie: 'session=guessed', origin }, { cookie, origin: 'http://evil.example' }])
    expect(await answerTo({ command: 'publish', streamId: 'ann' }, headers as Record<string, string>)).toEqual(
      refused('ann'),
    );
});
