import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startServer } from '../server.ts';

/** The first message that a server says to one of a client. */
async function answerTo(url: string, message: object): Promise<unknown> {
  const socket = new WebSocket(`${url}/live/websocket`);
  try {
    return await new Promise((resolve, reject) => {
      socket.onopen = () => socket.send(JSON.stringify(message));
      socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
      socket.onerror = () => reject(new Error('no socket'));
    });
  } finally {
    socket.close();
  }
}

const publish = (streamId: string, token?: string) => ({ command: 'publish', streamId, token });
const unauthorized = { command: 'error', definition: 'unauthorized_access', streamId: 's1' };

test('a server configured with a hash secret requires a hash', async () => {
  const server = await startServer('--hash-secret', 'secret');
  const token = createHash('sha256').update('s1publishsecret').digest('hex');
  expect(await answerTo(server.ws, publish('s1'))).toEqual(unauthorized);
  expect(await answerTo(server.ws, publish('s1', token))).toEqual({ command: 'start', streamId: 's1' });
  expect(await server.stop()).toBe(0);
});

test('tokens and registered streams of the REST API are those that it asks for', async () => {
  const server = await startServer('--one-time-tokens', '--registered-only');
  const rest = `${server.http}/live/rest/v2/broadcasts`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${server.key}` };
  await fetch(`${rest}/create`, { method: 'POST', headers, body: JSON.stringify({ streamId: 's1' }) });
  const expireDate = Math.floor(Date.now() / 1_000) + 60;
  const { tokenId } = await (await fetch(`${rest}/s1/token?type=publish&expireDate=${expireDate}`, { headers })).json();
  expect(await answerTo(server.ws, publish('s2', tokenId))).toEqual({
    command: 'error',
    definition: 'not_allowed_unregistered_streams',
    streamId: 's2',
  });
  expect(await answerTo(server.ws, publish('s1', 'guessed'))).toEqual(unauthorized);
  expect(await answerTo(server.ws, publish('s1', tokenId))).toEqual({ command: 'start', streamId: 's1' });
  expect(await answerTo(server.ws, publish('s1', tokenId))).toEqual(unauthorized);
  expect(await server.stop()).toBe(0);
});

test.each([
  ['two kinds of token', ['--one-time-tokens', '--hash-secret', 'x'], 'one token'],
  ['a short secret', ['--stream-jwt-secret', 'short'], '32 bytes'],
  ['actions that there are not', ['--authorize', 'dance'], 'authorize'],
])('%s make no server', async (_, flags, complaint) => {
  await expect(startServer(...flags)).rejects.toThrow(complaint);
});
