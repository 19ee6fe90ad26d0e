import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { MessageSocket, ServerSession } from '@sigchart/core/session';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { defaultServerLimits } from './serverLimits.ts';
import { Addresses } from './traffic/addresses.ts';
import { Meter } from './traffic/meter.ts';
import { Outbox } from './traffic/outbox.ts';
import { joinWebSocket } from './wsSocket.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A WebSocket that its client reads nothing of, and that is as far as its server has brought it. */
class UnreadWebSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly send = vi.fn();
  readonly terminate = vi.fn();
  readonly close = vi.fn(() => {
    this.readyState = 2;
  });
}

function joined(limits: Partial<typeof defaultServerLimits> = {}) {
  const webSocket = new UnreadWebSocket();
  const all = { ...defaultServerLimits, ...limits };
  const place = new Addresses(all, () => 0).admit('192.0.2.1', () => {});
  if (typeof place === 'number') throw new Error('refused');
  let socket: MessageSocket | undefined;
  const session: ServerSession = { received: () => 0, ponged() {}, closed() {} } as unknown as ServerSession;
  joinWebSocket({
    webSocket: webSocket as unknown as WebSocket,
    connection: new PassThrough(),
    limits: all,
    place,
    now: () => 0,
    outbox: new Outbox(),
    meter: new Meter(),
    open: (opened) => {
      socket = opened;
      return session;
    },
  });
  if (socket === undefined) throw new Error('no socket');
  return { webSocket, socket };
}

test('a client whose backlog is longer than 8 MiB is sent nothing more, and is disconnected without a handshake', () => {
  const { webSocket, socket } = joined();
  webSocket.bufferedAmount = 8 * 1024 * 1024;
  socket.send('one');
  expect([webSocket.send, webSocket.terminate].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  webSocket.bufferedAmount += 1;
  socket.send('two');
  expect([webSocket.send, webSocket.terminate].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

test('a socket that is closing is sent nothing', () => {
  const { webSocket, socket } = joined();
  socket.close();
  socket.send('late');
  expect(webSocket.send).not.toHaveBeenCalled();
});

test('a client that does not answer the closing handshake within 1 s is disconnected', () => {
  const { webSocket, socket } = joined();
  socket.close();
  expect(webSocket.close).toHaveBeenCalledWith(1001, undefined);
  vi.advanceTimersByTime(999);
  expect(webSocket.terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(webSocket.terminate).toHaveBeenCalledTimes(1);
});
