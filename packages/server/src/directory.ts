import { randomBytes } from 'node:crypto';
import {
  type App,
  type AppLimits,
  type Broadcast,
  type Clock,
  createApp,
  type HookAction,
  type HookEffect,
  type JoinOptions,
  type KnownStream,
  noMembership,
  roomsOf,
  type ServerSession,
  type SharedFailure,
  type SharedObserver,
  type SocketId,
  type StreamInfo,
  type StreamQuery,
  type Subscriber,
} from '@sigchart/core';
import { broadcastOf } from './broadcast.ts';
import { type Claim, Claims } from './claims.ts';
import type { RegisteredBroadcast } from './store/registered.ts';

/** Something that has happened to a stream or room, for the application that runs the server. Texts are `""` where not known. */
export interface StreamNotification {
  readonly app: string;
  readonly action: HookAction;
  /** The stream; for what happens in a room, the subtrack. */
  readonly streamId: string;
  /** The socket of the player, when it is about one. */
  readonly by: number | undefined;
  /** Its room, if it has one. */
  readonly mainTrack: string | undefined;
  /** A name for people, by its publisher's account. */
  readonly streamName: string;
  readonly metaData: string;
  /** Who publishes it, or who plays it when it is about a player, by its own account. */
  readonly subscriberId: string;
  /** The address of that client. */
  readonly remoteAddress: string;
}

/** A socket that joins a directory. */
export interface DirectoryJoin extends JoinOptions {
  /** The address of its client, where it is known. */
  readonly remoteAddress: string | undefined;
}

/** What a directory needs of its server. */
export interface DirectoryOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
  /** What a live stream looks like. */
  readonly infoOf: (streamId: string) => StreamInfo;
  /** Hears of what happens to streams. */
  readonly notify?: ((notification: StreamNotification) => void) | undefined;
  readonly observe?: SharedObserver | undefined;
  readonly limits?: Partial<AppLimits> | undefined;
  /** Hears of exceptions in what its sockets share. */
  readonly failed?: ((failure: SharedFailure) => void) | undefined;
}

/** An id for a member that asked for none: 16 letters and digits, so that nobody guesses it. */
const freshId = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

/** An app, and what there is to tell of its streams and rooms. */
export class Directory {
  readonly app: App;
  readonly #claims = new Map<SocketId, Claims>();
  readonly #remoteAddresses = new Map<SocketId, string>();
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    const { clock, observe, failed, limits } = options;
    this.app = createApp({
      clock,
      freshId,
      observe,
      failed,
      limits,
      hooks: (effect) => this.#notify(effect),
      record: (from, effect) => this.#claims.get(from)?.record(effect),
    });
  }

  /** Takes in a socket that has been opened. */
  join({ remoteAddress, ...options }: DirectoryJoin): ServerSession {
    const { id, left } = options;
    this.#claims.set(id, new Claims(this.#options.now));
    if (remoteAddress !== undefined) this.#remoteAddresses.set(id, remoteAddress);
    return this.app.join({
      ...options,
      left: () => {
        this.#claims.delete(id);
        this.#remoteAddresses.delete(id);
        left?.();
      },
    });
  }

  /** The rooms that a stream is in: under whichever socket has it, or under one. */
  roomsOf(streamId: string, under?: SocketId): readonly string[] {
    const { owner, reservations = [] } = this.app.stream(streamId) ?? {};
    const sockets =
      under === undefined ? [...reservations.map(({ by }) => by), ...(owner === undefined ? [] : [owner])] : [under];
    const rooms = sockets.flatMap((socket) => {
      const { membership = noMembership } = this.app.sessions.get(socket) ?? {};
      const isIn = (room: string) =>
        this.#membersOf(room).some((member) => member.from === socket && member.streamId === streamId);
      return [...membership.rooms, ...roomsOf(membership, streamId)].filter(isIn);
    });
    return [...new Set(rooms)];
  }

  #membersOf(room: string) {
    return this.app.room(room)?.members ?? [];
  }

  #claimOf(streamId: string): Claim | undefined {
    const owner = this.app.stream(streamId)?.owner;
    return owner === undefined ? undefined : this.#claims.get(owner)?.claim(streamId);
  }

  #addressOf(socket: SocketId | undefined): string {
    return (socket !== undefined && this.#remoteAddresses.get(socket)) || '';
  }

  /** Tells the application that runs the server. */
  #notify({ action, streamId, by, mainTrack }: HookEffect): void {
    const { name, notify } = this.#options;
    if (notify === undefined) return;
    const claim = this.#claimOf(streamId);
    const who = by === undefined ? claim : this.#claims.get(by)?.subscription(streamId);
    notify({
      app: name,
      action,
      streamId,
      by,
      mainTrack: mainTrack ?? claim?.mainTrack,
      streamName: claim?.streamName ?? '',
      metaData: claim?.metaData ?? '',
      subscriberId: who?.subscriberId ?? '',
      remoteAddress: this.#addressOf(by ?? this.app.stream(streamId)?.owner),
    });
  }

  /** What a stream or room is like now, given what is registered of it; `undefined` of an id that is neither known nor used. */
  broadcast(streamId: string, registered: RegisteredBroadcast | undefined): Broadcast | undefined {
    const stream = this.app.stream(streamId);
    const room = this.app.room(streamId);
    if (stream === undefined && room === undefined) return broadcastOf(undefined, registered);
    const owner = stream?.owner;
    const claim = this.#claimOf(streamId);
    const subtracks = room?.members.filter(({ live }) => live).map((member) => member.streamId);
    // A room exists from its first stream on.
    const began = (room?.members ?? []).flatMap((member) => this.#claimOf(member.streamId)?.date ?? []);
    const isLive = this.app.isLive(streamId) || began.length > 0;
    const roomStart = began.length === 0 ? 0 : Math.min(...began);
    const { membership = noMembership } = (owner === undefined ? undefined : this.app.sessions.get(owner)) ?? {};
    const [joined] = roomsOf(membership, streamId);
    return broadcastOf(
      {
        streamId,
        status: isLive ? 'broadcasting' : owner === undefined ? 'created' : 'preparing',
        claim,
        date: claim?.date ?? roomStart,
        startTime: claim?.startTime ?? roomStart,
        mainTrack: claim?.mainTrack ?? joined,
        subtracks,
        viewers: this.#playersOf(streamId).length,
      },
      registered,
    );
  }

  /** The live streams of a room. */
  subtracksOf(room: string): readonly string[] {
    return this.#membersOf(room).flatMap(({ live, streamId }) => (live ? [streamId] : []));
  }

  /** All there is to know of a stream or room, given what is registered of it and of its subtracks. */
  known(streamId: string, registered: (id: string) => RegisteredBroadcast | undefined): KnownStream | undefined {
    const broadcast = this.broadcast(streamId, registered(streamId));
    return (
      broadcast && {
        broadcast,
        info: this.#infoOf(streamId),
        subtracks: this.#broadcastsOf(streamId, registered),
        subscribers: this.#playersOf(streamId),
      }
    );
  }

  /** What a question asks for, and no more of all that is {@link known}. */
  asked(
    { command, streamId }: StreamQuery,
    registered: (id: string) => RegisteredBroadcast | undefined,
  ): Partial<KnownStream> | undefined {
    const isUsed = this.app.stream(streamId) !== undefined || this.app.room(streamId) !== undefined;
    if (!isUsed && registered(streamId) === undefined) return undefined;
    switch (command) {
      case 'getStreamInfo':
        return { info: this.#infoOf(streamId) };
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
        return { subscribers: this.#playersOf(streamId) };
    }
  }

  #infoOf(streamId: string): StreamInfo | undefined {
    return this.app.isLive(streamId) ? this.#options.infoOf(streamId) : undefined;
  }

  #broadcastsOf(room: string, registered: (id: string) => RegisteredBroadcast | undefined): readonly Broadcast[] {
    return this.subtracksOf(room).flatMap((id) => this.broadcast(id, registered(id)) ?? []);
  }

  /** Who plays a stream or room. */
  #playersOf(streamId: string): readonly Subscriber[] {
    const ofStream = this.app.stream(streamId)?.players ?? [];
    const ofRoom = (this.app.room(streamId)?.players ?? []).map(({ from }) => from);
    return [...ofStream, ...ofRoom].map((socket) => {
      const { subscriberId = '', subscriberName = '' } = this.#claims.get(socket)?.subscription(streamId) ?? {};
      return { subscriberId, subscriberName, streamId };
    });
  }
}
