import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { Peer } from './peer.ts';
import { type MediaServer, onlyStream } from './server.ts';

const main = fileURLToPath(new URL('../../apps/reference-server/src/main.ts', import.meta.url));

/** The reference server. */
export interface RunningSigchart extends MediaServer {
  /** `http://<address>:<port>` */
  readonly http: string;
  /** `ws://<address>:<port>/live/websocket` */
  readonly ws: string;
}

/** Options of the reference server. */
export interface SigchartOptions {
  /** The Node to run it with. Default the one that runs this. */
  readonly node?: string;
  /** Further options of Node. */
  readonly nodeOptions?: readonly string[];
  /** The address that it listens on, and takes media at. Default `127.0.0.1`. */
  readonly address?: string;
}

interface Message {
  readonly command: string;
  readonly definition?: string;
  readonly sdp?: string;
}

/** Performs the signalling on a socket of its own, which stays open. */
async function dial(url: string) {
  const webSocket = new WebSocket(url);
  const heard: Message[] = [];
  let wake = () => {};
  webSocket.on('message', (data) => {
    heard.push(JSON.parse(String(data)));
    wake();
  });
  await once(webSocket, 'open');
  return {
    send: (message: object) => webSocket.send(JSON.stringify(message)),
    close: () => webSocket.close(),
    async hears(is: (message: Message) => boolean): Promise<Message> {
      for (;;) {
        const message = heard.find(is);
        if (message !== undefined) return message;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** Connects a player. Resolves as soon as it can be sent to, with what ends its signalling. */
export async function joinAt(
  url: string,
  peer: Peer,
  streamId = onlyStream,
  withoutStreamId?: string,
): Promise<() => void> {
  const socket = await dial(url);
  const own = withoutStreamId !== undefined && { userPublishId: withoutStreamId };
  socket.send({ command: 'play', streamId, ...own });
  const { sdp = '' } = await socket.hears(({ command }) => command === 'takeConfiguration');
  socket.send({ command: 'takeConfiguration', streamId, type: 'answer', sdp: await peer.answer(sdp) });
  await peer.connected();
  await socket.hears(({ definition }) => definition === 'play_started');
  return socket.close;
}

/** Starts the reference server as `npm start` does, with its log off. */
export async function startSigchart(options: SigchartOptions = {}): Promise<RunningSigchart> {
  const { node = process.execPath, nodeOptions = [], address = '127.0.0.1' } = options;
  const child: ChildProcess = spawn(
    node,
    [
      '--conditions=@sigchart/source',
      '--disable-warning=ExperimentalWarning',
      ...nodeOptions,
      main,
      ...['--port', '0', '--host', address, '--media-address', address, '--log-level', 'warn'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const port = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const match = /:(\d+)\/live\/websocket/.exec(output);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    exited.then(([code]) => reject(new Error(`the server ended with ${code}`)));
  });
  const ws = `ws://${address}:${port}/live/websocket`;
  return {
    pid: child.pid ?? 0,
    http: `http://${address}:${port}`,
    ws,
    async publish(peer: Peer, streamId = onlyStream, room?: string) {
      const socket = await dial(ws);
      const audio = peer.sends('audio');
      socket.send({ command: 'publish', streamId, video: true, audio, ...(room !== undefined && { mainTrack: room }) });
      await socket.hears(({ command }) => command === 'start');
      socket.send({ command: 'takeConfiguration', streamId, type: 'offer', sdp: await peer.offer() });
      const { sdp = '' } = await socket.hears(({ command }) => command === 'takeConfiguration');
      await peer.answered(sdp);
      await peer.connected();
      await socket.hears(({ definition }) => definition === 'publish_started');
    },
    async play(peer: Peer, streamId?: string, withoutStreamId?: string) {
      await joinAt(ws, peer, streamId, withoutStreamId);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
