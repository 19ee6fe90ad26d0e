import type { ClientRole, Reason } from '@sigchart/core';
import { SignallingError } from './error.ts';

/** What a role is doing, at one moment. A new object at every change, and only then. */
export interface RoleSnapshot {
  /**
   * The machine's state: `offline`, `requesting`, `connecting`, `publishing` or `playing`, `interrupted`, `restarting`,
   * `retrying`, `stopping`, and at the end `stopped` or `ended`.
   */
  readonly state: string;
  /** How often in a row it has tried again. */
  readonly attempt: number;
  /** Why it ended, once it has without being asked to. */
  readonly reason: Reason | undefined;
  /** The definition of the server's last `error`. */
  readonly definition: string | undefined;
  /** The connection that is open, for `getStats` and the like. */
  readonly connection: RTCPeerConnection | undefined;
  /** What is sent or received. A player has one as soon as it connects; its tracks come as they arrive. */
  readonly stream: MediaStream | undefined;
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
  /** Sends a text or bytes on the data channel. Returns whether it was open. */
  send(data: string | ArrayBuffer): boolean;
  /** Calls `listener` for every text or bytes that come on the data channel. Returns how to end that. */
  onData(listener: (data: string | ArrayBuffer) => void): () => void;
}

/** What a handle shows besides its machine: the connection of the moment. */
export interface Surface {
  connection: RTCPeerConnection | undefined;
  stream: MediaStream | undefined;
  channel: RTCDataChannel | undefined;
  /** Makes a new snapshot out of what has changed. */
  changed(): void;
  readonly received: Set<(data: string | ArrayBuffer) => void>;
}

/** The one word for where a role is: within `accepted`, what its media does. */
const stateOf = ({ value }: ReturnType<ClientRole['getSnapshot']>): string =>
  typeof value === 'string' ? value : value.accepted.media;

/** Makes the handle of a machine that runs. */
export function createHandle(
  streamId: string,
  running: ClientRole,
  stop: () => void,
): { readonly handle: RoleHandle; readonly surface: Surface } {
  const listeners = new Set<() => void>();
  const read = (): RoleSnapshot => {
    const machine = running.getSnapshot();
    const { attempt, reason, definition } = machine.context;
    const { connection, stream } = surface;
    return { state: stateOf(machine), attempt, reason, definition, connection, stream };
  };
  const surface: Surface = {
    connection: undefined,
    stream: undefined,
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
