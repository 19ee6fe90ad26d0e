import { afterEach, expect, test, vi } from 'vitest';
import { type CallServer, createCallServer } from './callServer.ts';

const ports: MessagePort[] = [];

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function connect(server: CallServer) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  server.connect(port2);
  const heard: unknown[] = [];
  port1.addEventListener('message', ({ data }) => heard.push(JSON.parse(data)));
  port1.start();
  return {
    say: (message: object) => port1.postMessage(JSON.stringify(message)),
    close: () => port1.close(),
    hears: (...messages: object[]) => vi.waitFor(() => expect(heard).toMatchObject(messages), { timeout: 60_000 }),
  };
}

const streamId = 'call1';
const offer = { command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0\r\n' };

test('two clients over message ports call each other, and one is notified when the other leaves', async () => {
  const server = createCallServer();
  const a = connect(server);
  a.say({ command: 'join', streamId });
  await a.hears({ definition: 'joined' });
  const b = connect(server);
  b.say({ command: 'join', streamId });
  await a.hears({ definition: 'joined' }, { command: 'start' });
  a.say(offer);
  await b.hears({ definition: 'joined' }, offer);
  b.close();
  await a.hears({ definition: 'joined' }, { command: 'start' }, { command: 'stop' });
});

test('publishing is refused, and calls are possible afterwards', async () => {
  const client = connect(createCallServer());
  client.say({ command: 'publish', streamId });
  await client.hears({ definition: 'unauthorized_access' });
  client.say({ command: 'join', streamId });
  await client.hears({ definition: 'unauthorized_access' }, { definition: 'joined' });
});
