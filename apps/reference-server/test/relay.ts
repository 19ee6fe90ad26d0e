import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A socket whose handshake has not been answered yet. */
interface Dial {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

function join(one: WebSocket, other: WebSocket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('message', (data, binary) => to.send(data, { binary }));
    from.on('close', () => to.close());
  }
}

const addressOf = (server: Server, scheme: string) => `${scheme}://localhost:${(server.address() as AddressInfo).port}`;

const listen = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
};

/**
 * Serves a page and connects it to itself. A socket to a door waits, without an answer to its handshake, until a request to
 * `/take` with the same query joins it, or one to `/refuse` refuses it.
 *
 * There are several doors, because a browser waits for the answer to one handshake before it starts another to the same port.
 */
export async function startRelay(script: string, doors: number) {
  const dials = new Map<string, Dial>();
  const waiting = new Map<string, (dial: Dial) => void>();
  const sockets = new WebSocketServer({ noServer: true });

  const page = createServer(({ url }, response) => {
    if (url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else response.setHeader('content-type', 'text/html').end('<script type="module" src="page.js"></script>');
  });
  page.on('upgrade', (request: IncomingMessage, socket, head) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    sockets.handleUpgrade(request, socket, head, (asking) => {
      const answer = (dial: Dial) => {
        dials.delete(search);
        waiting.delete(search);
        if (pathname === '/refuse') {
          dial.socket.destroy();
          asking.close();
        } else {
          sockets.handleUpgrade(dial.request, dial.socket, dial.head, (client) => join(asking, client));
        }
      };
      const dial = dials.get(search);
      if (dial === undefined) waiting.set(search, answer);
      else answer(dial);
    });
  });

  const open = () =>
    createServer().on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { search } = new URL(request.url ?? '/', 'http://localhost');
      const dial = { request, socket, head };
      socket.on('error', () => {});
      socket.once('close', () => dials.delete(search));
      const answer = waiting.get(search);
      if (answer === undefined) dials.set(search, dial);
      else answer(dial);
    });
  const all = await Promise.all([page, ...Array.from({ length: doors }, open)].map(listen));
  return {
    http: addressOf(page, 'http'),
    ws: addressOf(page, 'ws'),
    doors: all.slice(1).map((door) => addressOf(door, 'ws')),
    async stop() {
      for (const client of sockets.clients) client.terminate();
      for (const { socket } of dials.values()) socket.destroy();
      for (const server of all) await new Promise((resolve) => server.close(resolve));
    },
  };
}
