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

test('a client that has slept detects it before it processes later events', () => {
  const clock = manualClock();
  let server: SocketListener | undefined;
  const session = createClientSession({
    clock,
    iceServers: [],
    rtc: () => () => {},
    dial(listener) {
      server = listener;
      return { send: () => {}, close: () => {} };
    },
  });
  const heard: string[] = [];
  const publisher = session.publish({ streamId: 's1' });
  server?.opened();
  server?.received('{"command":"start","streamId":"s1"}');
  publisher.send({ type: 'rtc.offerCreated', sdp: '', trackIds: {} });
  server?.received('{"command":"takeConfiguration","streamId":"s1","type":"answer","sdp":"v=0"}');
  publisher.send({ type: 'rtc.connected' });
  publisher.subscribe(({ value }) => heard.push(JSON.stringify(value)));
  clock.sleep(20_000);
  server?.received('{"command":"notification","definition":"publish_finished","streamId":"s1"}');
  expect(heard).toEqual([expect.stringContaining('resuming'), '"restarting"']);
});

test('a session that is suspended has no socket, and one that is resumed asks again for its roles', () => {
  const said: string[] = [];
  const servers: SocketListener[] = [];
  let closed = 0;
  const session = createClientSession({
    clock: manualClock(),
    iceServers: [],
    rtc: () => () => {},
    dial(listener) {
      servers.push(listener);
      return { send: (text) => said.push(JSON.parse(text).command), close: () => (closed += 1) };
    },
  });
  const publisher = session.publish({ streamId: 's1' });
  servers[0]?.opened();
  session.suspend();
  expect({ closed, state: publisher.getSnapshot().value }).toEqual({ closed: 1, state: 'offline' });
  session.resume();
  servers[1]?.opened();
  expect(said).toEqual(['publish', 'publish']);
});
