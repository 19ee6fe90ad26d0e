import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryStore } from '@sigchart/server';
import { afterEach, expect, test } from 'vitest';
import { type HealthOptions, healthPages } from './health.ts';

const well: HealthOptions = {
  isDraining: () => false,
  store: memoryStore(),
  media: { open: { connections: 0, sources: 0, sockets: 0 } },
  mediaPorts: [40_000, 40_009],
};

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function ask(path: string, options: Partial<HealthOptions> = {}) {
  const handle = healthPages({ ...well, ...options });
  const http = createServer((request, response) => {
    if (!handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => http.close());
  const response = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`);
  return [response.status, await response.text()];
}

test('a server that is well is alive and ready', async () => {
  expect(await ask('/healthz')).toEqual([200, 'ok\n']);
  expect(await ask('/readyz')).toEqual([200, 'ready\n']);
  expect(await ask('/other')).toEqual([404, '']);
});

const broken = {
  ...memoryStore(),
  of: () => {
    throw new Error('disk');
  },
};

test.each([
  ['that stops', { isDraining: () => true }, 'The server is stopping.\n'],
  ['whose store does not answer', { store: broken }, 'The store does not answer.\n'],
  [
    'without ports',
    { media: { open: { connections: 4, sources: 0, sockets: 8 } } },
    'No UDP port is left for media.\n',
  ],
])('a server %s is alive, and not ready', async (_, options, reason) => {
  expect(await ask('/healthz', options)).toEqual([200, 'ok\n']);
  expect(await ask('/readyz', options)).toEqual([503, reason]);
});
