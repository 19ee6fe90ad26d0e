import { createApp, type ServerSession } from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { type FakeConnection, fakeNetwork, rtcPerformer } from '@sigchart/webrtc';
import { vi } from 'vitest';

interface MemoryTrack {
  readonly id: string;
  readonly kind: 'audio' | 'video';
  /** Settings of a track without a size; it is sent in one encoding. */
  getSettings(): object;
}

/** A stream of tracks that consist of ids only. */
class MemoryStream {
  readonly #tracks: MemoryTrack[];

  constructor(tracks: readonly MemoryTrack[] = []) {
    this.#tracks = [...tracks];
  }

  getTracks = () => this.#tracks;
  getVideoTracks = () => this.#tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.#tracks.filter(({ kind }) => kind === 'audio');
}

/** Makes a stream with tracks of these kinds. */
export const memoryStream = (...kinds: readonly MemoryTrack['kind'][]): MediaStream =>
  new MemoryStream(
    kinds.map((kind) => ({ kind, id: crypto.randomUUID(), getSettings: () => ({}) })),
  ) as unknown as MediaStream;

/** A page and a server in one process: sockets are function calls, media is fake, the clock is virtual. */
export interface MemoryServer {
  /** Number of sockets the page has opened. */
  readonly dialled: number;
  /** Number of open sockets. */
  readonly open: number;
  /** The commands that the page has sent, pings excepted, each with the id it is about. */
  readonly commands: readonly string[];
  /** Number of connections that are open, those of the page and of the server. */
  readonly connections: number;
  /** The ids of the tracks that connections of the page send. */
  readonly sentTracks: readonly string[];
  /** Closes every socket, as a network does. */
  cut(): void;
  /** Lets time pass on both sides. */
  pass(ms: number): Promise<void>;
  readonly clock: ReturnType<typeof manualClock>;
}

/** Waits until everything requested so far has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Gives the page a `WebSocket` and an `RTCPeerConnection` that reach a server in memory. */
export function startMemoryServer(): MemoryServer {
  const clock = manualClock();
  const network = fakeNetwork();
  const app = createApp({ clock, freshId: () => crypto.randomUUID().replaceAll('-', '') });
  const sockets = new Set<MemorySocket>();
  const commands: string[] = [];
  const pageConnections = new Set<FakeConnection>();
  let dialled = 0;

  class MemorySocket {
    static readonly OPEN = 1;
    readyState = 0;
    onopen: (() => void) | undefined;
    onclose: (() => void) | undefined;
    onmessage: ((event: { readonly data: string }) => void) | undefined;
    readonly #session: ServerSession;

    constructor() {
      dialled += 1;
      sockets.add(this);
      this.#session = app.join({
        id: dialled,
        socket: {
          send: (data) => queueMicrotask(() => this.onmessage?.({ data })),
          close: () => this.close(),
          ping: () => queueMicrotask(() => this.#session.ponged()),
        },
        rtc: rtcPerformer(() => network.connect(['video', 'audio'])),
      });
      queueMicrotask(() => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.onopen?.();
      });
    }

    send(text: string): void {
      const { command, streamId, room } = JSON.parse(text) as Readonly<Record<string, string | undefined>>;
      if (/^(publish|play|join|joinRoom|stop|leave|leaveFromRoom)$/.test(command ?? ''))
        commands.push(`${command} ${room ?? streamId}`);
      queueMicrotask(() => this.#session.received(text));
    }

    close(): void {
      if (!sockets.delete(this)) return;
      this.readyState = 3;
      queueMicrotask(() => {
        this.#session.closed();
        this.onclose?.();
      });
    }
  }

  class MemoryConnection {
    constructor() {
      const connection = network.connect();
      const transceivers = connection.getTransceivers() as object[];
      const add = (track: MemoryTrack) => {
        const sender = {
          track: track as MemoryTrack | null,
          replaceTrack: async (next: MemoryTrack | null) => {
            sender.track = next;
          },
        };
        transceivers.push({ mid: `${transceivers.length}`, sender, receiver: { track }, direction: 'sendonly' });
      };
      pageConnections.add(connection);
      // biome-ignore lint/correctness/noConstructorReturn: a page calls `new RTCPeerConnection()`, tests want the fake
      return Object.assign(connection, {
        addTrack: add,
        addTransceiver: add,
        createDataChannel: () => ({ readyState: 'connecting' }),
        removeEventListener: () => {},
      });
    }
  }

  vi.stubGlobal('WebSocket', MemorySocket);
  vi.stubGlobal('RTCPeerConnection', MemoryConnection);
  vi.stubGlobal('MediaStream', MemoryStream);

  return {
    get dialled() {
      return dialled;
    },
    get open() {
      return sockets.size;
    },
    commands,
    get connections() {
      return network.open;
    },
    get sentTracks() {
      return [...pageConnections]
        .filter(({ connectionState }) => connectionState !== 'closed')
        .flatMap((connection) => connection.getTransceivers().flatMap(({ sender }) => sender.track?.id ?? []));
    },
    cut() {
      for (const socket of sockets) socket.close();
    },
    async pass(ms) {
      clock.pass(ms);
      await settle();
    },
    clock,
  };
}
