import { Socket } from 'node:dgram';
import { WebSocket } from 'ws';

// Loaded into a reference server before anything else: makes its adapters throw. Whatever names `poison` fails, and so do the
// first datagrams of media, and on SIGUSR2 outside of every session.

const isPoisoned = (value: unknown) => typeof value === 'string' && value.includes('poison');

/** Makes a method of a class throw when it is given something that a test says. */
function poison(prototype: object, method: string, isMeant: (...args: readonly unknown[]) => boolean): void {
  const methods = prototype as Record<string, (...args: readonly unknown[]) => unknown>;
  const original = methods[method];
  methods[method] = function (...args) {
    if (isMeant(...args)) throw new Error(`${method} was made to throw`);
    return original?.apply(this, [...args]);
  };
}

poison(WebSocket.prototype, 'send', isPoisoned);

const { StatementSync } = await import('node:sqlite');
for (const method of ['all', 'run', 'get'])
  poison(StatementSync.prototype, method, (...values) => values.some(isPoisoned));

let datagrams = 0;
poison(Socket.prototype, 'emit', (event) => {
  if (event !== 'message') return false;
  datagrams += 1;
  return datagrams <= 5;
});

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  setImmediate(() => {
    throw new Error('fetch was made to throw');
  });
  return fetch(input, init);
};

process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('a timer was made to throw');
  });
  Promise.reject(new Error('a promise was made to reject'));
});
