import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { expect, test, vi } from 'vitest';
import { createListener } from './listener.ts';
import { defaultHttpLimits, RequestPace } from './requestPace.ts';

vi.mock('node:http', async (actual) => {
  const http = await actual<typeof import('node:http')>();
  return { ...http, createServer: vi.fn(http.createServer) };
});
vi.mock('node:https', async (actual) => {
  const https = await actual<typeof import('node:https')>();
  return { ...https, createServer: vi.fn(https.createServer) };
});
vi.mock('./tls.ts', () => ({ readCertificate: () => ({}) }));

const options = {
  port: 0,
  host: '127.0.0.1',
  limits: { connections: 10, connectionsPerAddress: 10 },
  pace: new RequestPace({ ...defaultHttpLimits, remoteAddressOf: () => undefined, isProxy: () => false }),
  isProxy: () => false,
};
const times = { headersTimeout: 10_000, requestTimeout: 30_000 };

test('a client has 10 s for the head of a request, and 30 s for all of it', () => {
  createListener(
    options as never,
    () => {},
    () => {},
  ).close();
  expect(createServer).toHaveBeenCalledWith(expect.objectContaining(times), expect.anything());
});

test('it has the same over TLS, and 10 s for the handshake', () => {
  createListener(
    { ...options, tls: {} } as never,
    () => {},
    () => {},
  ).close();
  const handshake = { ...times, handshakeTimeout: 10_000 };
  expect(createSecureServer).toHaveBeenCalledWith(expect.objectContaining(handshake), expect.anything());
});

test('a request whose handler throws is answered, and the exception is reported', async () => {
  const survived: unknown[] = [];
  const survive = (error: unknown) => survived.push(error);
  process.on('uncaughtException', survive);
  const listener = createListener(
    { ...options, tls: undefined },
    () => {
      throw new Error('a defect');
    },
    () => {},
  );
  await listener.listen();
  try {
    expect((await fetch(listener.address())).status).toBe(500);
    await vi.waitFor(() => expect(survived).toEqual([new Error('a defect')]));
  } finally {
    process.off('uncaughtException', survive);
    listener.close();
    listener.closeAllConnections();
  }
});
