import { randomBytes } from 'node:crypto';
import {
  type AccessRequest,
  type Broadcast,
  type Clock,
  conferenceServer,
  deliverExpectation,
  type ErrorDefinition,
  type HookAction,
  type HookEffect,
  type KnownStream,
  noMembership,
  noSocket,
  peerServer,
  performWith,
  type RoleTellEffect,
  roomsOf,
  type ServerSession,
  type SharedDelivery,
  type SharedState,
  type SignalToEffect,
  type SocketId,
  type StreamInfo,
  type Subscriber,
  streamServer,
  type TimerEffect,
  type Timers,
  type Transition,
  timers,
} from '@sigchart/core';
import { broadcastOf } from './broadcast.ts';
import { type Claim, Claims } from './claims.ts';
import type { Grant } from './decisions.ts';
import { Registry } from './registry.ts';
import type { RegisteredBroadcast } from './store/registered.ts';

/** What somebody wants to do, and through which socket. */
export interface AuthorizationRequest extends AccessRequest {
  readonly app: string;
  readonly socket: SocketId;
  /** The rooms that the stream is in, as far as the server knows: for a publisher, under this socket. */
  readonly rooms: readonly string[];
  /** Whether the id is that of a room in use. */
  readonly isRoom: boolean;
  /** What the same socket has been let to before, newest first. */
  readonly granted: readonly Grant[];
}

/**
 * Decides over a request: `undefined` grants it, a definition refuses it with that error. A throw or rejection refuses it
 * with `unauthorized_access`.
 */
export type Authorize = (
  request: AuthorizationRequest,
) => ErrorDefinition | undefined | Promise<ErrorDefinition | undefined>;

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
}

/** What an app needs of its server. */
export interface AppOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
  /** What a live stream looks like. */
  readonly infoOf: (streamId: string) => StreamInfo;
  /** Hears of what happens to streams. */
  readonly notify?: ((notification: StreamNotification) => void) | undefined;
  readonly observe?: ((id: string, transition: Transition) => void) | undefined;
}

/** An id for a member that asked for none: 16 letters and digits, so that nobody guesses it. */
const freshId = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

/** Everything that the sockets of one app share: streams, calls and rooms. Wires their machines to those of the sockets. */
export class App {
  readonly sessions = new Map<SocketId, ServerSession>();
  readonly #timers = new Map<string, Timers>();
  readonly #claims = new Map<SocketId, Claims>();
  readonly #options: AppOptions;

  readonly #streams: Registry<typeof streamServer>;
  readonly #calls: Registry<typeof peerServer>;
  readonly #rooms: Registry<typeof conferenceServer>;

  constructor(options: AppOptions) {
    this.#options = options;
    const { observe } = options;
    const tellRole = ({ to, role, streamId, event }: RoleTellEffect) =>
      this.sessions.get(to)?.tell({ role, streamId }, event);
    const send = ({ to, message }: SignalToEffect) => this.sessions.get(to)?.send(message);

    this.#streams = new Registry({
      machine: streamServer,
      inputOf: (streamId) => ({ streamId }),
      perform: (_, effect) => performWith<typeof effect>({ role: tellRole, app: (hook) => this.notify(hook) })(effect),
      observe,
    });
    this.#calls = new Registry({
      machine: peerServer,
      inputOf: (streamId) => ({ streamId }),
      perform: (streamId, effect, report) =>
        performWith<typeof effect>({
          signal: send,
          timer: (timer: TimerEffect) => this.#timersOf(streamId, report).perform(timer),
          socket: ({ to }) => this.sessions.get(to)?.ping(),
          role: ({ to }) => this.sessions.get(to)?.leftCall(streamId),
        })(effect),
      ended: (streamId) => {
        this.#timers.get(streamId)?.stopAll();
        this.#timers.delete(streamId);
      },
      observe,
    });
    this.#rooms = new Registry({
      machine: conferenceServer,
      inputOf: (room) => ({ room }),
      perform: (_, effect) =>
        performWith<typeof effect>({
          signal: send,
          role: tellRole,
          app: (hook) => this.notify(hook),
          stream: (expected) => this.deliver(deliverExpectation(expected)),
        })(effect),
      observe,
    });
  }

  /** What the sessions of its sockets have to know. */
  readonly state: SharedState = {
    ownerOf: (streamId) => this.#ownerOf(streamId),
    isLive: (streamId) => this.isLive(streamId),
    isRoom: (id) => this.isRoom(id),
    publishingIn: (room) =>
      this.#membersOf(room).flatMap(({ streamId }) => (this.#ownerOf(streamId) === undefined ? [] : [streamId])),
    freshId,
  };

  /** How many stream ids, calls and rooms there are. */
  get counts() {
    return { streams: this.#streams.size, calls: this.#calls.size, rooms: this.#rooms.size };
  }

  /** Whether a stream can be played now. */
  isLive(streamId: string): boolean {
    return this.#streams.get(streamId)?.getSnapshot().matches({ held: 'live' }) ?? false;
  }

  #timersOf(streamId: string, report: (event: { readonly type: 'timer.contest' | 'timer.late' }) => void): Timers {
    const known = this.#timers.get(streamId);
    if (known !== undefined) return known;
    const made = timers(this.#options.clock, (event) => report(event as { readonly type: 'timer.contest' }));
    this.#timers.set(streamId, made);
    return made;
  }

  #ownerOf(streamId: string): SocketId | undefined {
    return this.#streams.get(streamId)?.getSnapshot().context.owner;
  }

  /** Gives what a socket has for machines that sockets share to them. */
  deliver(delivery: SharedDelivery): void {
    switch (delivery.to) {
      case 'stream':
        this.#streams.tell(delivery.streamId, delivery.event);
        break;
      case 'call':
        this.#calls.tell(delivery.streamId, delivery.event);
        break;
      case 'room':
        this.#rooms.tell(delivery.room, delivery.event);
        break;
      case 'record':
        this.#claims.get(delivery.from)?.record(delivery.effect);
    }
  }

  /** Takes in a socket that has been opened. */
  enter(socket: SocketId, session: ServerSession): void {
    this.sessions.set(socket, session);
    this.#claims.set(socket, new Claims(this.#options.now));
  }

  /** Forgets a socket that is closed. */
  leave(socket: SocketId): void {
    this.sessions.delete(socket);
    this.#claims.delete(socket);
  }

  /** Whether a room is in use. */
  isRoom(id: string): boolean {
    return this.#rooms.get(id) !== undefined;
  }

  /** The rooms that a stream is in: under whichever socket has it, or under one. */
  roomsOf(streamId: string, under?: SocketId): readonly string[] {
    const { owner, reservedFor = [] } = this.#streams.get(streamId)?.getSnapshot().context ?? {};
    const sockets = under === undefined ? [...reservedFor, ...(owner === undefined ? [] : [owner])] : [under];
    const rooms = sockets.flatMap((socket) => {
      const { membership = noMembership } = this.sessions.get(socket) ?? {};
      const isIn = (room: string) =>
        this.#membersOf(room).some((member) => member.from === socket && member.streamId === streamId);
      return [...membership.rooms, ...roomsOf(membership, streamId)].filter(isIn);
    });
    return [...new Set(rooms)];
  }

  #membersOf(room: string) {
    return this.#rooms.get(room)?.getSnapshot().context.members ?? [];
  }

  #claimOf(streamId: string): Claim | undefined {
    const owner = this.#ownerOf(streamId);
    return owner === undefined ? undefined : this.#claims.get(owner)?.claim(streamId);
  }

  /** Tells the application that runs the server. */
  notify({ action, streamId, by, mainTrack }: HookEffect): void {
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
    });
  }

  /** What a stream or room is like now, given what is registered of it; `undefined` of an id that is neither known nor used. */
  broadcast(streamId: string, registered: RegisteredBroadcast | undefined): Broadcast | undefined {
    const stream = this.#streams.get(streamId)?.getSnapshot();
    const room = this.#rooms.get(streamId)?.getSnapshot().context;
    if (stream === undefined && room === undefined) return broadcastOf(undefined, registered);
    const owner = stream?.context.owner;
    const claim = this.#claimOf(streamId);
    const subtracks = room?.members.filter(({ live }) => live).map((member) => member.streamId);
    const isLive = this.isLive(streamId) || (subtracks?.length ?? 0) > 0;
    const { membership = noMembership } = (owner === undefined ? undefined : this.sessions.get(owner)) ?? {};
    const [joined] = roomsOf(membership, streamId);
    return broadcastOf(
      {
        streamId,
        status: isLive ? 'broadcasting' : owner === undefined ? 'created' : 'preparing',
        claim,
        date: claim?.date ?? 0,
        startTime: claim?.startTime ?? 0,
        mainTrack: claim?.mainTrack ?? joined,
        subtracks,
        viewers: this.#playersOf(streamId).length,
      },
      registered,
    );
  }

  /** The live streams of a room. */
  subtracksOf(room: string): readonly string[] {
    const members = this.#rooms.get(room)?.getSnapshot().context.members ?? [];
    return members.filter(({ live }) => live).map(({ streamId }) => streamId);
  }

  /** All there is to know of a stream or room, given what is registered of it and of its subtracks. */
  known(streamId: string, registered: (id: string) => RegisteredBroadcast | undefined): KnownStream | undefined {
    const broadcast = this.broadcast(streamId, registered(streamId));
    return (
      broadcast && {
        broadcast,
        info: this.isLive(streamId) ? this.#options.infoOf(streamId) : undefined,
        subtracks: this.subtracksOf(streamId).flatMap((id) => this.broadcast(id, registered(id)) ?? []),
        subscribers: this.#playersOf(streamId),
      }
    );
  }

  /** The ids of the streams that somebody publishes, and of the rooms that somebody is in. */
  get ids(): readonly string[] {
    return [...new Set([...this.#streams.ids.filter((id) => this.#isHeld(id)), ...this.#rooms.ids])];
  }

  #isHeld(streamId: string): boolean {
    return this.#streams.get(streamId)?.getSnapshot().matches('held') ?? false;
  }

  /** Ends the publisher of a stream, and all publishers of a room. Says whether there was any. */
  end(streamId: string): boolean {
    const isHeld = this.#isHeld(streamId);
    const members = this.#rooms.get(streamId)?.getSnapshot().context.members ?? [];
    if (isHeld) this.#streams.tell(streamId, { type: 'app.end' });
    if (members.length > 0) this.#rooms.tell(streamId, { type: 'app.end', from: noSocket });
    return isHeld || members.length > 0;
  }

  /** Says something to all players of a stream or room. Says whether there is such a one. */
  sendData(streamId: string, text: string): boolean {
    const isLive = this.isLive(streamId);
    const isRoom = this.#rooms.get(streamId) !== undefined;
    if (isLive) this.#streams.tell(streamId, { type: 'app.data', text });
    if (isRoom) this.#rooms.tell(streamId, { type: 'app.data', text, from: noSocket });
    return isLive || isRoom;
  }

  /** Who plays a stream or room. */
  #playersOf(streamId: string): readonly Subscriber[] {
    const ofStream = this.#streams.get(streamId)?.getSnapshot().context.players ?? [];
    const ofRoom =
      this.#rooms
        .get(streamId)
        ?.getSnapshot()
        .context.players.map(({ from }) => from) ?? [];
    return [...ofStream, ...ofRoom].map((socket) => {
      const { subscriberId = '', subscriberName = '' } = this.#claims.get(socket)?.subscription(streamId) ?? {};
      return { subscriberId, subscriberName, streamId };
    });
  }
}
