import type { ClientRole, conferenceClient, Reason, socketClient } from '@sigchart/core';
import type { SnapshotFrom } from 'xstate';
import { SignallingError } from './error.ts';

/** What a role is doing, at one moment. A new object at every change, and only then. */
export interface RoleSnapshot {
  /**
   * The machine's state. `offline`, `requesting`, `connecting`, `publishing` or `playing`, `interrupted`, `restarting`,
   * `retrying`, `stopping`, `failing`, `restarted`; for a peer also `joining`, `waiting`, `connected`, `leaving`, `rejoining`; at the
   * end `stopped` or `ended`.
   */
  readonly state: string;
  /** How often in a row it has tried again. */
  readonly attempt: number;
  /** How often in a row it may try again. */
  readonly retryLimit: number;
  /** Why it ended, once it has without being asked to. */
  readonly reason: Reason | undefined;
  /** The definition of the server's last `error`. */
  readonly definition: string | undefined;
  /** Where the socket of the client is: `dialling`, `open`, `waiting` to dial again, … */
  readonly socket: string;
  /** The connection that is open, for `getStats` and the like. */
  readonly connection: RTCPeerConnection | undefined;
  /** What is sent by a publisher, received by a player or from a peer. */
  readonly stream: MediaStream | undefined;
  /** The tracks of `stream` as far as they have come. */
  readonly tracks: readonly MediaStreamTrack[];
  /** Whether the data channel is open. */
  readonly dataChannel: boolean;
}

/** One role of one stream. */
export interface RoleHandle {
  readonly streamId: string;
  /** What it is doing now. The same object until that changes, as `useSyncExternalStore` wants it. */
  getSnapshot(): RoleSnapshot;
  /** Calls `listener` at every change. Returns how to end that. */
  subscribe(listener: () => void): () => void;
  /** Ends the role. May be called at any time, and twice. */
  stop(): void;
  /** Resolves once the role was stopped; rejects with a {@link SignallingError} when it ended otherwise. */
  readonly finished: Promise<void>;
  /**
   * Sends other media from now on, without a new negotiation: each track replaces the one of its kind.
   *
   * Rejects with what `replaceTrack` rejects with. What is given also serves when the role connects again.
   */
  replaceStream(stream: MediaStream): Promise<void>;
  /** Sends a text or bytes on the data channel. Returns whether it was open. */
  send(data: string | ArrayBuffer): boolean;
  /** Calls `listener` for every text or bytes that come on the data channel. Returns how to end that. */
  onData(listener: (data: string | ArrayBuffer) => void): () => void;
}

/** What a handle shows besides its machine: the connection of the moment. */
export interface Surface {
  connection: RTCPeerConnection | undefined;
  stream: MediaStream | undefined;
  tracks: readonly MediaStreamTrack[];
  channel: RTCDataChannel | undefined;
  /** Makes a new snapshot out of what has changed. */
  changed(): void;
  readonly received: Set<(data: string | ArrayBuffer) => void>;
}

/** The one word for where a role is: while it has a connection, what its media does. */
export function stateOf({ value }: { readonly value: unknown }): string {
  if (typeof value === 'string') return value;
  const [regions] = Object.values(value as Record<string, { readonly media: string }>);
  return regions?.media ?? '';
}

/** The one word for where a socket is. Inside, an open one counts its pings. */
export const socketStateOf = ({ value }: SnapshotFrom<typeof socketClient>): string =>
  typeof value === 'string' ? value : 'open';

/** A machine whose role has a connection of its own. */
export type StreamRole = Exclude<ClientRole, { getSnapshot(): SnapshotFrom<typeof conferenceClient> }>;

/** What a handle needs of its client. */
export interface HandleOptions {
  readonly streamId: string;
  readonly running: StreamRole;
  readonly stop: () => void;
  readonly socket: () => SnapshotFrom<typeof socketClient>;
  /** Keeps what is to be sent when the role connects again. */
  readonly keep: (stream: MediaStream) => void;
}

/** Makes the handle of a machine that runs. */
export function createHandle({ streamId, running, stop, socket, keep }: HandleOptions): {
  readonly handle: RoleHandle;
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
  // Whoever does not ask how it ended is not told by an unhandled rejection either.
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
        const senders = surface.connection?.getSenders() ?? [];
        await Promise.all(
          stream
            .getTracks()
            .map((track) => senders.find(({ track: sent }) => sent?.kind === track.kind)?.replaceTrack(track)),
        );
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
    },
  };
}
