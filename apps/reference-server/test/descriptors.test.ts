import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from './page.ts';
import { type RunningServer, startWith } from './server.ts';

/** File descriptors of the server. */
const descriptors = 256;

let server: RunningServer;
const opened: (WebSocket | Socket)[] = [];

beforeAll(async () => {
  server = await startWith([], ['--log-level', 'warn'], descriptors);
});

afterAll(async () => {
  for (const one of opened) 'terminate' in one ? one.terminate() : one.destroy();
  await server.stop();
});

/** A WebSocket from an address of this machine; `undefined` when it is refused. */
async function socketFrom(localAddress: string): Promise<WebSocket | undefined> {
  const url = new URL(`${server.ws}/live/websocket`);
  url.hostname = '127.0.0.1';
  const socket = new WebSocket(url, { localAddress });
  opened.push(socket);
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.on('error', () => {});
  return isOpen ? socket : undefined;
}

/** A client at another address is served. */
async function neighbourIsServed() {
  const neighbour = await socketFrom('127.0.0.2');
  neighbour?.send('{"command":"ping"}');
  const [pong] = await once(neighbour ?? new WebSocket('ws://127.0.0.1:9'), 'message');
  expect(JSON.parse(String(pong))).toEqual({ command: 'pong' });
  neighbour?.close();
}

/** An offer without BUNDLE, so that each section needs a UDP socket. */
const offer = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0']
  .concat(
    ...Array.from({ length: 32 }, (_, mid) => [
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      `a=ice-ufrag:user${mid}`,
      `a=ice-pwd:${'p'.repeat(24)}`,
      `a=fingerprint:sha-256 ${Array(32).fill('AA').join(':')}`,
      'a=setup:actpass',
      'a=sendonly',
      'a=rtcp-mux',
      'a=rtpmap:111 opus/48000/2',
    ]),
  )
  .map((line) => `${line}\r\n`)
  .join('');

describe(`one client of a server with ${descriptors} file descriptors leaves some for others`, () => {
  test('when it makes offers without end', async () => {
    const socket = await socketFrom('127.0.0.1');
    const heard: string[] = [];
    socket?.on('message', (text) => {
      const { command, definition = command, streamId } = JSON.parse(String(text));
      heard.push(definition);
      if (definition === 'start')
        socket.send(JSON.stringify({ command: 'takeConfiguration', streamId, type: 'offer', sdp: offer }));
    });
    for (let index = 0; index < 40; index += 1)
      socket?.send(JSON.stringify({ command: 'publish', streamId: `offer${index}` }));
    await until(async () => expect(heard).toContain('notSetLocalDescription'));
    await neighbourIsServed();
  });

  test('when it opens WebSockets without end', async () => {
    let count = 0;
    for (; (await socketFrom('127.0.0.1')) !== undefined; count += 1) expect(count).toBeLessThan(descriptors);
    await neighbourIsServed();
  });

  test('when it opens connections without end, and sends nothing', async () => {
    const { port } = new URL(server.http);
    for (let count = 0; count < descriptors; count += 1) {
      const connection = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.1' });
      connection.on('error', () => {});
      opened.push(connection);
      await once(connection, 'connect');
    }
    await neighbourIsServed();
  });
});
