import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  createServerSession,
  type IceServer,
  type ServerSession,
  type SessionTransition,
  type StreamInfo,
} from '@sigchart/core';
import { type OpenConnection, type PeerConnectionLike, rtcPerformer } from '@sigchart/webrtc';
import { WebSocketServer } from 'ws';
import { appOf } from './path.ts';
import { Streams } from './streams.ts';
import { joinWebSocket } from './wsSocket.ts';

/** Where media goes: what a server needs of `@sigchart/werift`, or of any other stack. */
export interface Media {
  /** Opens the connection of one role of one app. */
  connect(app: string, open: OpenConnection): PeerConnectionLike | Promise<PeerConnectionLike>;
  /** What a live stream looks like, or `undefined`. */
  streamInfo?(app: string, streamId: string): StreamInfo | undefined;
}

/** One transition of one machine of a server. */
export interface ServerTransition extends SessionTransition {
  readonly app: string;
  /** The socket, counted from 1 since the server was made. */
  readonly socket: number;
}

/** How to make a server. */
export interface SignallingServerOptions {
  readonly media: Media;
  /** The apps whose path is served. Default: any. */
  readonly apps?: readonly string[];
  /** What `getIceServerConfig` is answered with. Default none. */
  readonly iceServers?: readonly IceServer[];
  /** Time. Default that of Node. */
  readonly clock?: Clock;
  /** Hears of every event of every machine, for logs and inspection. */
  readonly observe?: (transition: ServerTransition) => void;
}

/** What a server holds now. All are 0 when nobody is there. */
export interface ServerCounts {
  readonly sockets: number;
  readonly roles: number;
  readonly streams: number;
}

/** A signalling server. */
export interface SignallingServer {
  /** Takes over a WebSocket handshake, as the `upgrade` event of a Node server hands it out. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** What it holds now. */
  readonly counts: ServerCounts;
  /** Tells every client that the server stops, and closes every socket. */
  close(): Promise<void>;
}

/** What the sockets of one app share. */
interface App {
  readonly streams: Streams;
  readonly sessions: Set<ServerSession>;
}

/**
 * Longest frame that is read. Bytes. Above it RFC 6455 leaves nothing but to close the socket, so it is far above what is
 * decoded.
 */
const maxFrameBytes = 16 * 1024 * 1024;

const nodeClock: Clock = {
  start(ms, elapsed) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
};

/** What is said of a stream of which the media knows nothing. */
const unknownInfo: StreamInfo = { streamWidth: 0, streamHeight: 0, videoBitrate: 0, audioBitrate: 0, videoCodec: '' };

const refuse = (socket: Duplex, status: number) =>
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);

/** Makes a signalling server. It listens where it is told to: give it the `upgrade` events of a Node HTTP server. */
export function createSignallingServer(options: SignallingServerOptions): SignallingServer {
  const { media, observe, clock = nodeClock, iceServers = [] } = options;
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  const apps = new Map<string, App>();
  let opened = 0;
  let closing = false;

  /** An app exists as long as a socket does, so that nobody fills the memory with names. */
  const enter = (name: string): App => {
    const app = apps.get(name) ?? { streams: new Streams(), sessions: new Set() };
    apps.set(name, app);
    return app;
  };
  const sessions = () => [...apps.values()].flatMap((app) => [...app.sessions]);

  return {
    upgrade(request, socket, head) {
      const app = appOf(request.url ?? '');
      socket.on('error', () => {});
      if (app === undefined || (options.apps !== undefined && !options.apps.includes(app))) {
        refuse(socket, 404);
        return;
      }
      if (closing) {
        refuse(socket, 503);
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        opened += 1;
        const number = opened;
        const { streams, sessions } = enter(app);
        const session = joinWebSocket(webSocket, (messageSocket) =>
          createServerSession({
            socket: messageSocket,
            clock,
            iceServers,
            rtc: rtcPerformer((open) => media.connect(app, open)),
            streams: streams.performer,
            describe: ({ streamId }, report) =>
              report({
                type: 'stream.described',
                streamId,
                info: streams.isLive(streamId) ? (media.streamInfo?.(app, streamId) ?? unknownInfo) : undefined,
              }),
            observe: observe && ((transition) => observe({ ...transition, app, socket: number })),
          }),
        );
        sessions.add(session);
        webSocket.once('close', () => {
          sessions.delete(session);
          if (sessions.size === 0) apps.delete(app);
        });
      });
    },
    get counts() {
      const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
      return {
        sockets: sessions().length,
        roles: sum(sessions().map(({ roles }) => roles)),
        streams: sum([...apps.values()].map(({ streams }) => streams.size)),
      };
    },
    async close() {
      closing = true;
      for (const session of sessions()) session.close();
      await new Promise<void>((resolve) => {
        const check = () => (apps.size === 0 ? resolve() : setTimeout(check, 20));
        check();
      });
      webSockets.close();
    },
  };
}
