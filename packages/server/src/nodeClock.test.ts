import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { nodeClock } from './nodeClock.ts';

/** Keeps the process from doing anything else. */
const stall = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('data that arrived while the process was stopped is read before a late timer elapses', async () => {
  const order: string[] = [];
  const server = createServer((socket) => socket.on('data', () => order.push('data'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(server, 'connection');
  const elapsed = new Promise<void>((resolve) => {
    nodeClock.start(20, () => {
      order.push('elapsed');
      resolve();
    });
  });
  socket.write('here');
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      stall(1_000);
      resolve();
    });
  });
  await elapsed;
  expect(order).toEqual(['data', 'elapsed']);
  socket.destroy();
  server.close();
});

test('a timer that is stopped does not end, also when it is late', async () => {
  let ended = 0;
  const stops: (() => void)[] = [];
  stops.push(nodeClock.start(10, () => (ended += 1)));
  stops.push(nodeClock.start(1, () => stops[0]?.()));
  nodeClock.start(0, () => stall(800));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ended).toBe(0);
});

test('long timers end together, and never early', () => {
  vi.useFakeTimers();
  const ended: number[] = [];
  for (let timer = 0; timer < 3; timer += 1) {
    const startedMs = performance.now();
    nodeClock.start(10_000, () => {
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(10_000);
      ended.push(performance.now());
    });
    vi.advanceTimersByTime(70);
  }
  vi.advanceTimersByTime(11_000);
  vi.useRealTimers();
  expect(ended).toHaveLength(3);
  expect(new Set(ended).size).toBeLessThan(3);
});
