import { type Clock, createApp } from '@sigchart/core';

/** Time of the runtime: any that has `setTimeout`. */
const clock: Clock = {
  start(ms, elapsed) {
    const timer = setTimeout(elapsed, ms);
    return () => clearTimeout(timer);
  },
};

/** A server of calls, whose clients are at the other end of a message port each. */
export interface CallServer {
  /** Takes in a client. */
  connect(port: MessagePort): void;
}

/**
 * Creates a {@link CallServer}. It runs wherever message ports exist: in a worker, a browser, Deno or Bun. The two peers of a
 * call send media to each other, so the server has none, and it refuses to publish and to play.
 */
export function createCallServer(): CallServer {
  const app = createApp({ clock, freshId: () => crypto.randomUUID().replaceAll('-', '') });
  let connected = 0;
  return {
    connect(port) {
      connected += 1;
      const session = app.join({
        id: connected,
        socket: {
          send: (text) => port.postMessage(text),
          close: () => port.close(),
          // A port is alive until it is closed.
          ping: () => queueMicrotask(() => session.ponged()),
        },
        access: ({ type: _, ...request }, report) =>
          report(
            request.action === 'join'
              ? { type: 'access.granted', request }
              : { type: 'access.refused', request, definition: 'unauthorized_access' },
          ),
        // A refused client never requests a connection.
        rtc: () => () => {},
      });
      port.addEventListener('message', ({ data }) => session.received(String(data)));
      port.addEventListener('close', () => session.closed());
      port.start();
    },
  };
}
