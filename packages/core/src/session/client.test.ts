import { expect, test } from 'vitest';
import { createClientSession } from './client.ts';
import { manualClock } from './clock.ts';
import type { SocketListener } from './messageSocket.ts';

test('a server that calls getIceServerConfig an error is asked to publish at once', () => {
  // The error names no stream, so it is routed to the publisher, which waits for the socket machine, which waits for it.
  const said: unknown[] = [];
  let server: SocketListener | undefined;
  const session = createClientSession({
    clock: manualClock(),
    rtc: () => () => {},
    dial(listener) {
      server = listener;
      return { send: (text) => said.push(JSON.parse(text)), close: () => {} };
    },
  });
  session.publish({ streamId: 's1' });
  server?.opened();
  expect(said).toEqual([{ command: 'getIceServerConfig' }]);
  server?.received('{"command":"error","definition":"noStreamNameSpecified"}');
  expect(said[1]).toMatchObject({ command: 'publish', streamId: 's1' });
});
