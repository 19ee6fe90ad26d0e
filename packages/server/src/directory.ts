import { randomBytes } from 'node:crypto';
import {
  type AppLimits,
  type AppNotification,
  isLive,
  liveBroadcastOf,
  playersOf,
  subtracksOf,
} from '@sigchart/core/app';
import type { KnownStream, SocketId, StreamInfo, StreamQuery } from '@sigchart/core/machines';
import type { Broadcast } from '@sigchart/core/protocol';
import {
  type App,
  type Clock,
  createApp,
  type JoinOptions,
  type ServerSession,
  type SharedFailure,
  type SharedObserver,
} from '@sigchart/core/session';
import { broadcastOf } from './broadcast.ts';
import type { RegisteredBroadcast } from './store/registered.ts';

/** Something that has happened to a stream or room, for the application that runs the server. Texts are `""` where not known. */
export interface StreamNotification extends Omit<AppNotification, 'about'> {
  readonly app: string;
  /** The address of the client that it is about. */
  readonly remoteAddress: string;
}

/** A socket that joins a directory. */
export interface DirectoryJoin extends JoinOptions {
  /** The address of its client, where it is known. */
  readonly remoteAddress: string | undefined;
}

/** Dependencies and options of a directory. */
export interface DirectoryOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolutions and codecs of a live stream. */
  readonly infoOf: (streamId: string) => StreamInfo;
  /** Called with events of streams. */
  readonly notify?: ((notification: StreamNotification) => void) | undefined;
  readonly observe?: SharedObserver | undefined;
  readonly limits?: Partial<AppLimits> | undefined;
  /** Called with exceptions in shared machines. */
  readonly failed?: ((failure: SharedFailure) => void) | undefined;
}

/** Unguessable id for a member that requested none: 16 letters and digits. */
const freshId = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

/** An app, with the properties of its streams and rooms that neither the store nor the media knows. */
export class Directory {
  readonly app: App;
  readonly #remoteAddresses = new Map<SocketId, string>();
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    const { clock, now, observe, failed, limits } = options;
    this.app = createApp({
      clock,
      now,
      freshId,
      observe,
      failed,
      limits,
      notify: options.notify && ((notification) => this.#notify(notification)),
    });
  }

  /** Takes in a socket that has been opened. */
  join({ remoteAddress, ...options }: DirectoryJoin): ServerSession {
    const { id, left } = options;
    if (remoteAddress !== undefined) this.#remoteAddresses.set(id, remoteAddress);
    return this.app.join({
      ...options,
      left: () => {
        this.#remoteAddresses.delete(id);
        left?.();
      },
    });
  }

  #notify({ about, ...notification }: AppNotification): void {
    const remoteAddress = (about !== undefined && this.#remoteAddresses.get(about)) || '';
    this.#options.notify?.({ ...notification, app: this.#options.name, remoteAddress });
  }

  /** Current properties of a stream or room, given its registration; `undefined` if it is neither registered nor in use. */
  broadcast(streamId: string, registered: RegisteredBroadcast | undefined): Broadcast | undefined {
    return broadcastOf(liveBroadcastOf(this.app.state, streamId), registered);
  }

  /** Everything known of a stream or room, given the registrations of it and of its subtracks. */
  known(streamId: string, registered: (id: string) => RegisteredBroadcast | undefined): KnownStream | undefined {
    const broadcast = this.broadcast(streamId, registered(streamId));
    return (
      broadcast && {
        broadcast,
        info: this.#infoOf(streamId),
        subtracks: this.#broadcastsOf(streamId, registered),
        subscribers: playersOf(this.app.state, streamId),
      }
    );
  }

  /** The part of {@link known} that a question asks for. */
  asked(
    { command, streamId }: StreamQuery,
    registered: (id: string) => RegisteredBroadcast | undefined,
  ): Partial<KnownStream> | undefined {
    const isUsed = this.app.stream(streamId) !== undefined || this.app.room(streamId) !== undefined;
    if (!isUsed && registered(streamId) === undefined) return undefined;
    switch (command) {
      case 'getStreamInfo':
        return { info: this.#infoOf(streamId) };
      case 'getDebugInfo':
        return this.known(streamId, registered);
      case 'getBroadcastObject': {
        const broadcast = this.broadcast(streamId, registered(streamId));
        return broadcast && { broadcast };
      }
      case 'getTrackList':
      case 'getSubtracks':
      case 'getSubtracksCount':
        return { subtracks: this.#broadcastsOf(streamId, registered) };
      case 'getSubscriberCount':
      case 'getSubscribers':
        return { subscribers: playersOf(this.app.state, streamId) };
    }
  }

  #infoOf(streamId: string): readonly StreamInfo[] {
    const { state } = this.app;
    const live = isLive(state, streamId) ? [streamId] : subtracksOf(state, streamId);
    return live.map((id) => this.#options.infoOf(id));
  }

  #broadcastsOf(room: string, registered: (id: string) => RegisteredBroadcast | undefined): readonly Broadcast[] {
    return subtracksOf(this.app.state, room).flatMap((id) => this.broadcast(id, registered(id)) ?? []);
  }
}
