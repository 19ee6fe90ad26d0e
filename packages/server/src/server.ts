import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { roomsOfStream, subtracksOf } from '@sigchart/core/app';
import type { KnownStream, RoleAddress, SocketId, StreamInfo } from '@sigchart/core/machines';
import type { ErrorDefinition } from '@sigchart/core/protocol';
import {
  type Clock,
  createResource,
  type FailurePoint,
  type IceServers,
  type MessageSocket,
  type Resource,
  type ResourceOptions,
  type ServerSession,
  type SessionScene,
  type TransitionListener,
} from '@sigchart/core/session';
import { connectionPerformers, type OpenConnection, type PeerConnectionLike } from '@sigchart/webrtc';
import { WebSocketServer } from 'ws';
import type { Authorize } from './authorization/authorize.ts';
import { notBlocked } from './authorization/notBlocked.ts';
import { plannedTime } from './authorization/plannedTime.ts';
import { every, type Policy } from './authorization/policy.ts';
import { roomsOfPublisher } from './authorization/right.ts';
import { broadcastOf } from './broadcast.ts';
import { Decisions, type Verdict, verdictOf } from './decisions.ts';
import { Directory, type StreamNotification } from './directory.ts';
import { limitOf } from './limit.ts';
import type { LiveStreams } from './liveStreams.ts';
import { nodeClock } from './nodeClock.ts';
import { appOf } from './path.ts';
import { Replaceable } from './replaceable.ts';
import { defaultServerLimits, type ServerLimits } from './serverLimits.ts';
import type { RegisteredBroadcast } from './store/registered.ts';
import type { Awaitable, Store } from './store/store.ts';
import { Addresses } from './traffic/addresses.ts';
import { addressKey } from './traffic/addressKey.ts';
import { Meter } from './traffic/meter.ts';
import { Outbox } from './traffic/outbox.ts';
import { asksForWebSocket, ignoreErrors, refuse, refuseUpgrade } from './upgradeRequest.ts';
import { joinWebSocket } from './wsSocket.ts';

/** Media stack of a server: `@sigchart/werift`, or any other. */
export interface Media {
  /** Opens the connection of one role of one app, for a client address if that is known. */
  connect(app: string, open: OpenConnection, client?: string): PeerConnectionLike | Promise<PeerConnectionLike>;
  /** Resolutions and codecs of a live stream, or `undefined`. */
  streamInfo?(app: string, streamId: string): StreamInfo | undefined;
}

/** Place of a machine on a server. */
export interface ServerScene extends Partial<SessionScene> {
  readonly app: string;
  /** The socket, counted from 1 since the server was made; 0 for a machine that sockets share. */
  readonly socket: number;
  /** The stream, the call or the room of a machine that sockets share. */
  readonly shared?: string;
  /** The address of the client, where it is known. */
  readonly remoteAddress?: string | undefined;
}

/** Properties of a client that come from its connection, not from its messages. */
export interface Client {
  /** Its address. Default unknown. */
  readonly remoteAddress?: string | undefined;
  /** Identity of the client, for {@link Authorize}. */
  readonly identity?: unknown;
}

/** Called with each machine of a server when it starts; returns a listener for its transitions. */
export type ServerObserver = (scene: ServerScene) => TransitionListener;

/** An exception that nothing else has handled: a defect of an adapter, of an option's function, or of this project. */
export interface ServerFailure {
  readonly error: unknown;
  readonly app: string;
  /** The socket that it happened on; 0 in what sockets share. */
  readonly socket: number;
  /** The address of its client, where it is known. */
  readonly remoteAddress?: string | undefined;
  /** The role that has ended by it. Without one, and with a socket, it is the socket that was closed. */
  readonly address?: RoleAddress | undefined;
  /** The stream, call or room that it happened in, which runs on. */
  readonly shared?: string | undefined;
  /** Place of the exception. An exception in a listener, such as `notify` or `observe`, ends nothing. */
  readonly at: FailurePoint;
}

/** Options of {@link createSignallingServer}. */
export interface SignallingServerOptions {
  readonly media: Media;
  /** Decides requests. Default: every request is granted. */
  readonly authorize?: Authorize;
  /**
   * Registrations of streams and rooms: part of the answers to questions, and the source of planned times, blocks and limits.
   * Default none.
   */
  readonly store?: Store;
  /** The apps whose path is served. Default: any. */
  readonly apps?: readonly string[];
  /**
   * The origins, as in `https://example.org`, whose pages may open a socket. Clients that are no pages send none, and may.
   * Default any.
   */
  readonly origins?: readonly string[] | undefined;
  /** Returns the address of the client that sent a request, for a server behind proxies. Default: the address of its connection. */
  readonly remoteAddressOf?: (request: IncomingMessage) => string | undefined;
  /**
   * Identifies the user of a socket from its handshake: headers, cookies, query, address. Called once for each socket. The result
   * is `identity` in every request to `authorize`; if it throws or rejects, the handshake is answered with `401`. Default
   * `undefined`.
   */
  readonly identify?: (request: IncomingMessage) => unknown;
  /** ICE servers for `getIceServerConfig`, or a function that returns them each time. Default none. */
  readonly iceServers?: IceServers;
  /** Limits of what clients may use. @see docs/limits.md */
  readonly limits?: Partial<ServerLimits>;
  /** Called with events of streams, in order. Default none. */
  readonly notify?: (notification: StreamNotification) => void;
  /** Time that passes. Default that of Node. */
  readonly clock?: Clock;
  /** The time. Milliseconds since 1970. Default that of Node. */
  readonly now?: () => number;
  /** Called with every machine when it starts; returns a listener for all its transitions, for logs and inspection. */
  readonly observe?: ServerObserver | undefined;
  /** Called with exceptions. Each ends only the role, or otherwise the socket, in which it happened. Default: a process warning. */
  readonly failed?: (failure: ServerFailure) => void;
}

/** Numbers of open sockets, roles, streams, calls and rooms. All are 0 when no client is connected. */
export interface ServerCounts {
  readonly sockets: number;
  readonly roles: number;
  readonly streams: number;
  readonly calls: number;
  readonly rooms: number;
}

/** Options for a WHIP or WHEP resource. */
export interface OpenResource extends Pick<ResourceOptions, 'respond' | 'ended'>, Client {
  /** The role and the stream that the resource is for. */
  readonly address: RoleAddress;
}

/** A signalling server. */
export interface SignallingServer {
  /**
   * Handles the `upgrade` event of a Node server. A request for an upgrade other than WebSocket is given back to the server,
   * which answers it as an ordinary request (RFC 9110 § 7.8).
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Adds a socket of another kind to an app, such as one in memory or of another WebSocket library. Pass what the socket receives
   * to the returned session, and call its `closed` when the socket is closed.
   */
  join(app: string, socket: MessageSocket, client?: Client): ServerSession;
  /** Opens a WHIP or WHEP resource of an app: an HTTP client that publishes or plays. {@link createWhip} serves them over HTTP. */
  openResource(app: string, options: OpenResource): Resource;
  /** Current numbers of what is open. */
  readonly counts: ServerCounts;
  /** The streams and rooms in use. */
  readonly live: LiveStreams;
  /** Notifies every client that the server stops, and closes every socket. */
  close(): Promise<void>;
}

/**
 * Maximum numbers of frames and of reads for one message. Each takes memory besides its bytes; a message of the maximum length
 * arrives in some hundred reads.
 */
const [maxFragments, maxChunks] = [1_024, 4_096];

/** Milliseconds of a clock that only goes forward. */
const monotonic = () => performance.now();

/** Stream information if the media stack has none. */
const unknownInfo: StreamInfo = { streamWidth: 0, streamHeight: 0, videoBitrate: 0, audioBitrate: 0, videoCodec: '' };

/** Policies that always apply to registered streams and rooms. */
const registeredRules = (store: Store, now: () => number): readonly Policy[] => [
  plannedTime({ registered: (app, streamId) => store.of(app).broadcasts.get(streamId), now }),
  notBlocked({
    blocksOf: (app, streamId, subscriberId, ms) => store.of(app).blocks.of(streamId, subscriberId, ms),
    now,
  }),
];

/** Records in the store that a registered stream has been live. A failure is ignored, so that the stream can end. */
async function finish(store: Store, { app, streamId }: StreamNotification): Promise<void> {
  try {
    await store.of(app).broadcasts.update(streamId, { status: 'finished' });
  } catch {}
}

/**
 * Creates a signalling server. It does not listen by itself: pass it the `upgrade` events of a Node HTTP server.
 *
 * @example
 * ```ts
 * const server = createSignallingServer({ media: createMedia() });
 * ```
 */
export function createSignallingServer(options: SignallingServerOptions): SignallingServer {
  const {
    media,
    observe,
    store,
    clock = nodeClock,
    now = Date.now,
    iceServers = [],
    authorize = () => undefined,
    failed = ({ error }) => process.emitWarning(error instanceof Error ? error : String(error)),
    remoteAddressOf = ({ socket }) => socket.remoteAddress,
  } = options;
  const notify = (notification: StreamNotification) => {
    if (store !== undefined && notification.action === 'liveStreamEnded') void finish(store, notification);
    options.notify?.(notification);
  };
  const limits: ServerLimits = { ...defaultServerLimits, ...options.limits };
  const meter = new Meter();
  const outbox = new Outbox();
  const addresses = new Addresses(limits, monotonic);
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    maxFragments,
    maxBufferedChunks: maxChunks,
    perMessageDeflate: false,
    // One message at a time, so that a client that sends thousands does not delay others.
    allowSynchronousEvents: false,
  });
  const directories = new Map<string, Directory>();
  let opened = 0;
  let closing = false;

  /** Returns an app, created if needed. An app exists only while it has a socket, so that clients cannot exhaust memory with names. */
  const enter = (name: string): Directory => {
    const directory =
      directories.get(name) ??
      new Directory({
        name,
        clock,
        now,
        infoOf: (streamId) => media.streamInfo?.(name, streamId) ?? unknownInfo,
        notify,
        observe: observe && (({ shared }) => observe({ app: name, socket: 0, shared })),
        limits,
        failed: (failure) => failed({ ...failure, app: name, socket: 0 }),
      });
    directories.set(name, directory);
    return directory;
  };

  const decisionsOf = (directory: Directory, name: string, socket: SocketId, { remoteAddress, identity }: Client) => {
    const decideBy = store === undefined ? authorize : every([...registeredRules(store, now), authorize]);
    const limit = store && limitOf(store);
    return new Decisions((request, granted) => {
      const { action, streamId } = request;
      const rooms = roomsOfStream(directory.app.state, streamId, action === 'publish' ? socket : undefined);
      const isRoom = directory.app.room(streamId) !== undefined;
      const full = { ...request, app: name, socket, remoteAddress, identity, rooms, isRoom, granted };
      const entered = action === 'enter' ? [streamId] : action === 'publish' ? roomsOfPublisher(full) : [];
      const decided = (decision: unknown): Awaitable<Verdict> => {
        const verdict = verdictOf(decision, entered);
        if (typeof verdict === 'string' || limit === undefined) return verdict;
        const limited = (most: ErrorDefinition | number | undefined) =>
          typeof most === 'string' ? most : { ...verdict, limit: most };
        const most = limit(full);
        return most instanceof Promise ? most.then(limited) : limited(most);
      };
      const decision = decideBy(full);
      return decision instanceof Promise ? decision.then(decided) : decided(decision);
    });
  };

  const join = (
    name: string,
    socket: MessageSocket,
    client: Client = {},
    spend: (cost: number) => void = () => {},
  ): ServerSession => {
    opened += 1;
    const id = opened;
    const { remoteAddress } = client;
    const directory = enter(name);
    const decisions = decisionsOf(directory, name, id, client);
    const session: ServerSession = directory.join({
      id,
      socket,
      remoteAddress,
      iceServers,
      ...connectionPerformers((effect) => media.connect(name, effect, remoteAddress && addressKey(remoteAddress))),
      access: ({ type: _, ...request }, report) =>
        decisions.decide(request, (event) => spend(meter.measure(() => report(event)))),
      describe: ({ question }, report) => {
        const answer = (found: readonly (RegisteredBroadcast | undefined)[]) => {
          const byId = new Map(found.map((broadcast) => [broadcast?.streamId, broadcast]));
          let known: Partial<KnownStream> | undefined;
          try {
            known = directory.asked(question, (streamId) => byId.get(streamId));
          } catch (error) {
            failed({ error, app: name, socket: id, remoteAddress, at: 'listener' });
            const { streamId } = question;
            session.send({ command: 'error', definition: 'server_error_check_logs', streamId });
            return;
          }
          spend(meter.measure(() => report({ type: 'question.answered', question, known })));
        };
        if (store === undefined) return answer([]);
        const { broadcasts } = store.of(name);
        const ids = [question.streamId, ...subtracksOf(directory.app.state, question.streamId)];
        // Live state is returned even if the registration cannot be read.
        Promise.all(ids.map(async (streamId) => broadcasts.get(streamId))).then(answer, () => answer([]));
      },
      left() {
        if (directory.app.sessions.size === 0) directories.delete(name);
      },
      observe: observe && (({ address }) => observe({ app: name, socket: id, address, remoteAddress })),
      failed: (failure) => failed({ ...failure, app: name, socket: id, remoteAddress }),
    });
    return session;
  };

  const openResource: SignallingServer['openResource'] = (
    app,
    { address, remoteAddress, identity, respond, ended },
  ) => {
    let socket: SocketId = 0;
    return createResource({
      join(messageSocket) {
        const session = join(app, messageSocket, { remoteAddress, identity });
        socket = opened;
        return session;
      },
      clock,
      respond,
      ended,
      observe: observe && (() => observe({ app, socket, address, remoteAddress })),
      failed: (error) => failed({ error, app, socket, address, remoteAddress, at: 'effect' }),
    });
  };

  const live: LiveStreams = {
    ids: (name) => directories.get(name)?.app.ids ?? [],
    subtracksOf(name, room) {
      const app = directories.get(name)?.app;
      return app === undefined ? [] : subtracksOf(app.state, room);
    },
    known(name, streamId, registered) {
      const directory = directories.get(name);
      if (directory !== undefined) return directory.known(streamId, registered);
      const broadcast = broadcastOf(undefined, registered(streamId));
      return broadcast && { broadcast, info: [], subtracks: [], subscribers: [] };
    },
    reports: (name, streamId) => directories.get(name)?.app.reports(streamId) ?? [],
    end: (name, streamId) => directories.get(name)?.app.end(streamId) ?? false,
    sendData: (name, streamId, text) => directories.get(name)?.app.sendData(streamId, text) ?? false,
  };

  return {
    join: (name, socket, client) => join(name, socket, client),
    openResource,
    live,
    upgrade(request, socket, head) {
      if (!asksForWebSocket(request)) {
        refuseUpgrade(request, socket, head);
        return;
      }
      ignoreErrors(socket);
      const name = appOf(request.url ?? '');
      if (name === undefined || (options.apps !== undefined && !options.apps.includes(name))) {
        refuse(socket, 404);
        return;
      }
      const { origin } = request.headers;
      if (origin !== undefined && options.origins?.includes(origin) === false) {
        refuse(socket, 403);
        return;
      }
      if (closing) {
        refuse(socket, 503);
        return;
      }
      const client = { remoteAddress: remoteAddressOf(request) };
      const replaceable = new Replaceable(socket);
      const place = addresses.admit(client.remoteAddress, replaceable.replace);
      if (typeof place === 'number') {
        refuse(socket, place);
        return;
      }
      socket.once('close', place.release);
      const open = (identity: unknown) =>
        webSockets.handleUpgrade(request, socket, head, (webSocket) => {
          replaceable.opened(webSocket);
          joinWebSocket({
            webSocket,
            connection: socket,
            limits,
            place,
            now: monotonic,
            outbox,
            meter,
            open: (messageSocket, spend) => join(name, messageSocket, { ...client, identity }, spend),
          });
        });
      const identified = (identity: unknown) => (closing ? refuse(socket, 503) : open(identity));
      const unknown = () => refuse(socket, 401);
      let identity: unknown;
      try {
        identity = options.identify?.(request);
      } catch {
        unknown();
        return;
      }
      if (identity instanceof Promise) identity.then(identified, unknown);
      else open(identity);
    },
    get counts() {
      const all = [...directories.values()].map(({ app }) => app);
      const sessions = all.flatMap((app) => [...app.sessions.values()]);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
      return {
        sockets: sessions.length,
        roles: sum(sessions.map(({ roles }) => roles)),
        streams: sum(all.map(({ counts }) => counts.streams)),
        calls: sum(all.map(({ counts }) => counts.calls)),
        rooms: sum(all.map(({ counts }) => counts.rooms)),
      };
    },
    async close() {
      closing = true;
      for (const { app } of directories.values()) for (const session of app.sessions.values()) session.close();
      await new Promise<void>((resolve) => {
        const check = () => (directories.size === 0 ? resolve() : setTimeout(check, 20));
        check();
      });
      webSockets.close();
    },
  };
}
