import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createOwnServer, type OwnServer } from './ownServer.ts';

let own: OwnServer;
let lines: string[];

beforeEach(async () => {
  lines = [];
  own = createOwnServer((line) => lines.push(line));
  await once(own.http.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  await own.signalling.close();
  await own.media.close();
  own.http.close();
});

test.each([
  ['backstage', { command: 'start', streamId: 's1' }],
  ['onstage', { command: 'error', definition: 'unauthorized_access', streamId: 's1' }],
])('the rule of one’s own decides over the token "%s", and every machine is seen', async (token, answer) => {
  const { port } = own.http.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live/websocket`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ command: 'publish', streamId: 's1', token }));
  const [message] = await once(socket, 'message');
  expect(JSON.parse(String(message))).toEqual(answer);
  expect(lines.join('\n')).toContain('publisher.server  signal.publish');
  socket.close();
});
