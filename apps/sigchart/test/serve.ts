import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSignallingServer, type SignallingServerOptions } from '@sigchart/server';
import { fakeNetwork } from '@sigchart/webrtc';
import { type WebSocket, WebSocketServer } from 'ws';
import { spoil, type Wrong } from './wrong.ts';

/** Something that listens, for a test. */
export interface Served {
  readonly port: number;
  stop(): Promise<void>;
}

/** A server of sockets that are nothing more, as TCP has them. */
export async function serveTcp(connected: (socket: Socket) => void): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(server: ReturnType<typeof createHttpServer>, stopFirst: () => unknown): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      await stopFirst();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An HTTP server without WebSocket support. */
export const serveHttp = (listener: RequestListener): Promise<Served> => listen(createHttpServer(listener), () => {});

/** A server of WebSockets that may do anything with them. */
export async function serveWebSocket(connected: (socket: WebSocket) => void): Promise<Served> {
  const webSockets = new WebSocketServer({ noServer: true });
  const server = createHttpServer();
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      connected(webSocket);
    });
  });
  return listen(server, () => {
    for (const webSocket of webSockets.clients) webSocket.terminate();
  });
}

/** A right server but for one thing, with media that touches no network, and the ends of such connections. */
export async function serveWrong(wrong: Wrong, options: Partial<SignallingServerOptions> = {}) {
  const network = fakeNetwork();
  const signalling = createSignallingServer({
    media: {
      connect: (_, { role, streamId }) =>
        network.connect(role === 'player' ? [`ARDAMSv${streamId}`, `ARDAMSa${streamId}`] : []),
    },
    ...options,
  });
  const served = await serveWebSocket((webSocket) => {
    const { socket, hears } = spoil(wrong, {
      send: (text) => webSocket.send(text, () => {}),
      ping: () => webSocket.ping(() => {}),
      close: () => webSocket.close(),
    });
    const session = signalling.join('live', socket);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) session.receivedBinary((data as Buffer).length);
      else hears(String(data), (text) => session.received(text));
    });
    webSocket.on('pong', () => session.ponged());
    webSocket.on('close', () => session.closed());
  });
  return { ...served, connect: () => network.connect(['video', 'audio']) };
}
