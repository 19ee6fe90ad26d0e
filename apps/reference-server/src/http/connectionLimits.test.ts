import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { connectionLimits, limitConnections, socketLimits } from './connectionLimits.ts';

const opened: (Server | Socket)[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) 'destroy' in one ? one.destroy() : one.close();
});

/** A server with limits. Returns what connects to it from an address, and says whether it is still connected after a while. */
async function limited(connections: number, connectionsPerAddress: number, isProxy = (_: string) => false) {
  const server = createServer();
  limitConnections(server, { connections, connectionsPerAddress }, isProxy);
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    if (!socket.destroyed) socket.write('hello');
  });
  server.listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  return async (localAddress: string): Promise<Socket | undefined> => {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    opened.push(socket);
    const isKept = await new Promise<boolean>((resolve) => {
      socket.on('error', () => {});
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    return isKept ? socket : undefined;
  };
}

test('an address has so many connections, and gets others for those that it ends', async () => {
  const from = await limited(10, 2);
  const [first] = [await from('127.0.0.1'), await from('127.0.0.1')];
  expect(first).toBeDefined();
  expect(await from('127.0.0.1')).toBeUndefined();
  expect(await from('127.0.0.2')).toBeDefined();
  first?.destroy();
  await vi.waitFor(async () => expect(await from('127.0.0.1')).toBeDefined());
});

test('all have so many', async () => {
  const from = await limited(2, 2);
  expect(await from('127.0.0.1')).toBeDefined();
  expect(await from('127.0.0.2')).toBeDefined();
  expect(await from('127.0.0.3')).toBeUndefined();
});

test('a proxy has as many as all', async () => {
  const from = await limited(3, 1, (address) => address === '127.0.0.1');
  for (let count = 0; count < 3; count += 1) expect(await from('127.0.0.1')).toBeDefined();
  expect(await from('127.0.0.1')).toBeUndefined();
});

test.each([
  [256, 53, 27],
  [1_024, 309, 155],
  [1_048_576, 349_493, 2_000],
  [20, 16, 8],
])('of %i file descriptors there are %i for connections, and %i for those of one address', (files, all, one) => {
  expect(connectionLimits(files)).toEqual({ connections: all, connectionsPerAddress: one });
});

test('WebSockets have fewer places than connections, and at most their default', () => {
  expect(socketLimits(connectionLimits(256))).toEqual({ sockets: 39, socketsPerAddress: 20 });
  expect(socketLimits(connectionLimits(1_048_576))).toEqual({ sockets: 20_000, socketsPerAddress: 1_000 });
  expect(connectionLimits(1_048_576, { socketsPerAddress: 5_000 }).connectionsPerAddress).toBe(10_000);
});
