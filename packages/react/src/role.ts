import type { JoinOptions, PlayOptions, PublishOptions, RoleHandle, RoleSnapshot } from '@sigchart/browser';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { type StreamToSend, sending, streamOption, useStream } from './stream.ts';
import { useLease } from './useLease.ts';
import { idleRole, idleSnapshot, type PlayerRole, playerView, type Role, roleView } from './view.ts';

/** Listener for data channel messages. */
export interface DataOptions {
  /** Called for every text or bytes that come on the data channel. */
  readonly onData?: (data: string | ArrayBuffer) => void;
}

/** Media that a component sends. */
export interface StreamOptions {
  /**
   * Media to send. While it is `undefined`, as before `getUserMedia` has resolved, nothing starts; `null` sends no media. Another
   * stream replaces it without interrupting the connection.
   */
  readonly stream: StreamToSend;
}

/** Options to publish. Options other than `stream` and `onData` are read when the publisher starts. */
export interface UsePublisherOptions extends Omit<PublishOptions, 'stream'>, StreamOptions, DataOptions {}

/** Options to play. Options other than `onData` are read when the player starts. */
export interface UsePlayerOptions extends PlayOptions, DataOptions {}

/** Options to join a call. Options other than `stream` and `onData` are read when the peer starts. */
export interface UseCallOptions extends Omit<JoinOptions, 'stream'>, StreamOptions, DataOptions {}

function useData(handle: RoleHandle | undefined, onData: DataOptions['onData']): void {
  const latest = useRef(onData);
  useEffect(() => {
    latest.current = onData;
  });
  useEffect(() => handle?.onData((data) => latest.current?.(data)), [handle]);
}

/**
 * Publishes a stream while the component is mounted. Publishes nothing while `streamId` or `stream` is `undefined`.
 *
 * @example
 * const { state } = usePublisher('stream1', { stream });
 * return <p>{state}</p>; // idle, requesting, connecting, publishing, …
 */
export function usePublisher(streamId: string | undefined, options: UsePublisherOptions): Role {
  const { stream, onData, ...request } = options;
  const role = useLease({
    key: streamId === undefined || stream === undefined ? undefined : `publisher ${streamId}`,
    start: (client) => sending(client.publish(streamId as string, { ...request, ...streamOption(stream) }), stream),
    view: roleView,
    idle: idleRole,
  });
  useStream({ handle: role.handle, restart: role.restart, stream });
  useData(role.handle, onData);
  return role;
}

/**
 * Plays a stream while the component is mounted. With a `streamId` of `undefined`, nothing is played. If the stream is lost, the
 * player waits for it and plays it again. If it does not exist, the player ends; `restart` asks again.
 *
 * @example
 * const { stream } = usePlayer('stream1');
 * return <Video stream={stream} controls />;
 */
export function usePlayer(streamId: string | undefined, options: UsePlayerOptions = {}): PlayerRole {
  const { onData, ...request } = options;
  const role = useLease({
    key: streamId === undefined ? undefined : `player ${streamId}`,
    start: (client) => client.play(streamId as string, request),
    view: playerView,
    idle: idleRole,
  });
  useData(role.handle, onData);
  return role;
}

/**
 * Joins a call of two while the component is mounted. `stream` of the result is the other participant's. Joins nothing while
 * `callId` or `stream` is `undefined`.
 *
 * @example
 * const { state, stream: remote } = useCall('call1', { stream: camera });
 * return state === 'connected' ? <Video stream={remote} /> : <p>Waiting for the other participant</p>;
 */
export function useCall(callId: string | undefined, options: UseCallOptions): Role {
  const { stream, onData, ...request } = options;
  const role = useLease({
    key: callId === undefined || stream === undefined ? undefined : `peer ${callId}`,
    start: (client) => sending(client.join(callId as string, { ...request, ...streamOption(stream) }), stream),
    view: roleView,
    idle: idleRole,
  });
  useStream({ handle: role.handle, restart: role.restart, stream });
  useData(role.handle, onData);
  return role;
}

const never = () => () => {};

/**
 * The snapshot of a role that something else runs, such as a player of {@link useRoom}.
 *
 * @example
 * function Tile({ player }: { player: RoleHandle }) {
 *   return <Video stream={useRole(player).stream} />;
 * }
 */
export function useRole(handle: RoleHandle | undefined): RoleSnapshot {
  return useSyncExternalStore(
    handle?.subscribe ?? never,
    () => handle?.getSnapshot() ?? idleSnapshot,
    () => idleSnapshot,
  );
}
