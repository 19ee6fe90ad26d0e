import type { conferenceClient, PlayedQuality, Reason, socketClient } from '@sigchart/core/machines';
import type { ClientRole } from '@sigchart/core/session';
import type { SnapshotFrom } from 'xstate';
import { SignallingError } from './error.ts';
import { negotiated, replaceTracks } from './replaceTracks.ts';

/** Current state of a role. A new object after every change, and only then. */
export interface RoleSnapshot {
  /** The state of the machine; while it has a connection, that of its media. */
  readonly state: RoleState;
  /** Number of times in a row it has tried again. */
  readonly attempt: number;
  /** Number of times in a row it may try again. */
  readonly retryLimit: number;
  /** The reason of an end that was not requested. */
  readonly reason: Reason | undefined;
  /** The definition of the server's last `error`. */
  readonly definition: string | undefined;
  /** State of the client's socket: `dialling`, `open`, `waiting` to reconnect, … */
  readonly socket: SocketState;
  /** The connection that is open, for `getStats` and the like. */
  readonly connection: RTCPeerConnection | undefined;
  /** Media that a publisher sends, or that a player or peer receives. */
  readonly stream: MediaStream | undefined;
  /** The tracks of `stream` as far as they have come. */
  readonly tracks: readonly MediaStreamTrack[];
  /** True if the data channel is open. */
  readonly dataChannel: boolean;
  /** Quality that the server last reported to a player; `undefined` before its first report. */
  readonly quality: PlayedQuality | undefined;
}

/** One role of one stream. */
export interface RoleHandle {
  readonly streamId: string;
  /** Returns the current state: the same object until it changes, as `useSyncExternalStore` requires. */
  getSnapshot(): RoleSnapshot;
  /** Calls `listener` at every change. Returns how to end that. */
  subscribe(listener: () => void): () => void;
  /** Ends the role. May be called at any time, and twice. */
  stop(): void;
  /** Resolves once the role was stopped; rejects with a {@link SignallingError} when it ended otherwise. */
  readonly finished: Promise<void>;
  /**
   * Replaces the media being sent. Each track replaces the one of its kind, kinds that are gone are no longer sent, and a
   * publisher negotiates new kinds. Resolves once everything is sent.
   *
   * Rejects with the error of `replaceTrack`, or with a {@link SignallingError} `refused` if a new kind is not accepted: by the
   * server, or in a call, where the initial kinds are fixed. The new media is also used when the role reconnects.
   */
  replaceStream(stream: MediaStream): Promise<void>;
  /** Sends a text or bytes on the data channel. Returns whether it was open. */
  send(data: string | ArrayBuffer): boolean;
  /** Calls `listener` for every text or bytes that come on the data channel. Returns how to end that. */
  onData(listener: (data: string | ArrayBuffer) => void): () => void;
}

/** A player of one stream or room. */
export interface PlayerHandle extends RoleHandle {
  /**
   * Requests a maximum height of video, such as that of its element; 0 lets the server choose again. Applies to one track, or
   * without `trackId` to all. It stays in force when the player reconnects.
   */
  preferHeight(height: number, trackId?: string): void;
}

/** State of a handle outside its machine: the current connection. */
export interface Surface {
  connection: RTCPeerConnection | undefined;
  stream: MediaStream | undefined;
  tracks: readonly MediaStreamTrack[];
  channel: RTCDataChannel | undefined;
  /** Makes a new snapshot out of what has changed. */
  changed(): void;
  readonly received: Set<(data: string | ArrayBuffer) => void>;
}

/** The word for a state value: itself, or that of its media. */
type Word<Value> = Value extends string
  ? Value
  : Value extends Readonly<Record<string, { readonly media: infer Media }>>
    ? Media
    : never;

/**
 * State of a role. In `publishing`, `playing` and `connected` (a peer), media flows. `interrupted`: media was lost and may come
 * back. `resuming`: the page or the device has slept, and it is not known yet whether media flows. `retrying`, `restarting`: the
 * role is about to ask again. `offline`: there is no socket. At the end `stopped`, or `ended` with a `reason`.
 */
export type RoleState = Word<SnapshotFrom<StreamRole['machine']>['value']>;

/** State of a client's socket. */
export type SocketState = Extract<SnapshotFrom<typeof socketClient>['value'], string> | 'open';

/** The one word for where a role is: while it has a connection, what its media does. */
export function stateOf({ value }: { readonly value: unknown }): RoleState {
  if (typeof value === 'string') return value as RoleState;
  const [regions] = Object.values(value as Record<string, { readonly media: RoleState }>);
  return regions?.media as RoleState;
}

/** The one word for where a socket is. Inside, an open one counts its pings. */
export const socketStateOf = ({ value }: SnapshotFrom<typeof socketClient>): SocketState =>
  typeof value === 'string' ? (value as SocketState) : 'open';

/** A machine whose role has a connection of its own. */
export type StreamRole = Exclude<ClientRole, { getSnapshot(): SnapshotFrom<typeof conferenceClient> }>;

/** Part of its client that a handle needs. */
export interface HandleOptions {
  readonly role: 'publisher' | 'player' | 'peer';
  readonly streamId: string;
  readonly running: StreamRole;
  readonly stop: () => void;
  readonly socket: () => SnapshotFrom<typeof socketClient>;
  /** Keeps what is to be sent when the role connects again. */
  readonly keep: (stream: MediaStream) => void;
}

/** Makes the handle of a machine that runs. */
export function createHandle({ role, streamId, running, stop, socket, keep }: HandleOptions): {
  readonly handle: PlayerHandle;
  readonly surface: Surface;
} {
  const listeners = new Set<() => void>();
  const read = (): RoleSnapshot => {
    const machine = running.getSnapshot();
    const { attempt, retryLimit, reason, definition } = machine.context;
    const { connection, stream, tracks, channel } = surface;
    return {
      state: stateOf(machine),
      attempt,
      retryLimit,
      reason,
      definition,
      socket: socketStateOf(socket()),
      connection,
      stream,
      tracks,
      dataChannel: channel?.readyState === 'open',
      quality: 'quality' in machine.context ? machine.context.quality : undefined,
    };
  };
  const surface: Surface = {
    connection: undefined,
    stream: undefined,
    tracks: [],
    channel: undefined,
    received: new Set(),
    changed() {
      const next = read();
      if ((Object.keys(next) as (keyof RoleSnapshot)[]).every((key) => next[key] === snapshot[key])) return;
      snapshot = next;
      for (const listener of listeners) listener();
    },
  };
  let snapshot = read();

  const finished = new Promise<void>((resolve, reject) => {
    running.subscribe(({ status, context }) => {
      surface.changed();
      if (status !== 'done') return;
      if (context.reason === undefined) resolve();
      else reject(new SignallingError(context.reason, context.definition, streamId));
    });
  });
  // An application that does not use the promise must not get an unhandled rejection.
  finished.catch(() => {});

  return {
    surface,
    handle: {
      streamId,
      getSnapshot: () => snapshot,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      stop,
      finished,
      async replaceStream(stream) {
        keep(stream);
        const { connection } = surface;
        if (connection === undefined) return;
        const added = await replaceTracks({ connection, stream, streamId, mayNegotiate: role === 'publisher' });
        if (role === 'publisher') {
          Object.assign(surface, { stream, tracks: stream.getTracks() });
          surface.changed();
        }
        if (added.length > 0)
          await negotiated(connection, added, {
            streamId,
            definition: () => running.getSnapshot().context.definition,
            subscribe: (listener) => running.subscribe(listener),
          });
      },
      send(data) {
        if (surface.channel?.readyState !== 'open') return false;
        surface.channel.send(data as string);
        return true;
      },
      onData(listener) {
        surface.received.add(listener);
        return () => surface.received.delete(listener);
      },
      preferHeight(height, trackId) {
        if (role === 'player') running.send({ type: 'app.prefer', height, trackId });
      },
    },
  };
}
