import type { conferenceClient, Reason, socketClient } from '@sigchart/core/machines';
import type { Run } from '@sigchart/core/session';
import type { SnapshotFrom } from 'xstate';
import { SignallingError } from './error.ts';
import { type PlayerHandle, type RoleHandle, type SocketState, socketStateOf } from './handle.ts';

/** State of a member of a room. */
export type ConferenceState = SnapshotFrom<typeof conferenceClient>['value'];

/** Current state of a member of a room. A new object after every change, and only then. */
export interface ConferenceSnapshot {
  /** The state of the machine; at the end `stopped`, or `ended` with a `reason`. */
  readonly state: ConferenceState;
  /** The own stream id, once the server has given one. */
  readonly streamId: string | undefined;
  /** The own publisher, once it has been started. */
  readonly publisher: RoleHandle | undefined;
  /** The players of the others, in the order of their coming. */
  readonly players: readonly PlayerHandle[];
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
}

/** One membership of a conference. */
export interface ConferenceHandle {
  readonly room: string;
  /** Returns the current state: the same object until it changes, as `useSyncExternalStore` requires. */
  getSnapshot(): ConferenceSnapshot;
  /** Calls `listener` at every change. Returns how to end that. */
  subscribe(listener: () => void): () => void;
  /** Leaves. May be called at any time, and twice. */
  stop(): void;
  /**
   * Sends other media from now on, and whenever the room is entered again: as {@link RoleHandle.replaceStream} of the own publisher.
   *
   * Rejects with a {@link SignallingError} `refused` if the room was entered without a stream.
   */
  replaceStream(stream: MediaStream): Promise<void>;
  /** Resolves once it has left; rejects with a {@link SignallingError} when it ended otherwise. */
  readonly finished: Promise<void>;
}

/** Part of its client that the handle of a conference needs. */
export interface ConferenceOptions {
  readonly room: string;
  readonly running: Run<typeof conferenceClient>;
  readonly stop: () => void;
  /** Keeps what the own publisher is to send when it starts or connects again. */
  readonly keep: (stream: MediaStream) => void;
  readonly socket: Run<typeof socketClient>;
  /** The handle of a role of this client, if it runs. */
  readonly roleOf: (role: 'publisher' | 'player', streamId: string) => PlayerHandle | undefined;
}

/** Makes the handle of a membership that runs. */
export function createConferenceHandle({
  room,
  running,
  stop,
  keep,
  socket,
  roleOf,
}: ConferenceOptions): ConferenceHandle {
  const listeners = new Set<() => void>();
  const read = (): ConferenceSnapshot => {
    const { value, context } = running.getSnapshot();
    const { streamId, others, attempt, retryLimit, reason, definition } = context;
    return {
      state: value,
      streamId: streamId === '' ? undefined : streamId,
      publisher: roleOf('publisher', streamId),
      players: others.flatMap((other) => roleOf('player', other) ?? []),
      attempt,
      retryLimit,
      reason,
      definition,
      socket: socketStateOf(socket.getSnapshot()),
    };
  };
  let snapshot = read();
  const changed = () => {
    snapshot = read();
    for (const listener of listeners) listener();
  };
  // Pings are not reported.
  const unsubscribe = socket.subscribe((state) => {
    if (socketStateOf(state) !== snapshot.socket) changed();
  });
  const finished = new Promise<void>((resolve, reject) => {
    running.subscribe(({ status, context }) => {
      changed();
      if (status !== 'done') return;
      unsubscribe();
      if (context.reason === undefined) resolve();
      else reject(new SignallingError(context.reason, context.definition, room));
    });
  });
  // An application that does not use the promise must not get an unhandled rejection.
  finished.catch(() => {});
  return {
    room,
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
    async replaceStream(stream) {
      if (!running.getSnapshot().context.request.publish)
        throw new SignallingError('refused', 'entered without a stream', room);
      keep(stream);
      await read().publisher?.replaceStream(stream);
    },
    finished,
  };
}
