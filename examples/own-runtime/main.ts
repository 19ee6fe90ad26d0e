import { createCallServer } from './callServer.ts';

const server = createCallServer();

/** A client that prints what it receives. */
function client(name: string): MessagePort {
  const { port1, port2 } = new MessageChannel();
  server.connect(port2);
  port1.addEventListener('message', ({ data }) => console.log(`S→${name}  ${data}`));
  port1.start();
  return port1;
}

const a = client('A');
const b = client('B');
const streamId = 'call1';
const say = (port: MessagePort, message: object) => {
  port.postMessage(JSON.stringify(message));
  // Messages of both are printed in the order in which they are sent.
  return new Promise((resolve) => setTimeout(resolve, 50));
};

await say(a, { command: 'join', streamId });
await say(b, { command: 'join', streamId });
await say(a, { command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0 …' });
await say(b, { command: 'leave', streamId });
a.close();
b.close();
