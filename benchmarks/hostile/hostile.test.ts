import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { soak } from './soak.ts';

test('nothing that a client sends ends the server, closes its socket, or leaves it without an answer', async () => {
  await fuzz({ envelopes: 2_000, descriptions: 48, seed: 1 });
});

test('sockets that come and go leave nothing behind', async () => {
  const { counts, connections } = await soak({ sessions: 100, seed: 1 });
  expect(counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
  expect(connections).toBe(0);
});
