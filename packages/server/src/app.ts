import { randomBytes } from 'node:crypto';
import {
  type AccessRequest,
  type Broadcast,
  type ClaimRequest,
  type Clock,
  type ConferenceServerEvent,
  conferenceServer,
  type ErrorDefinition,
  type HookAction,
  type HookEffect,
  type KnownStream,
  noSocket,
  type PeerServerEvent,
  peerServer,
  performWith,
  type RoleTellEffect,
  type RoomEffect,
  type ServerSession,
  type SignalToEffect,
  type SocketId,
  type StreamEffect,
  type StreamInfo,
  type SubscribeRequest,
  type Subscriber,
  streamServer,
  type TimerEffect,
  type Timers,
  type ToCall,
  type ToRoom,
  type Transition,
  timers,
} from '@sigchart/core';
import { broadcastOf } from './broadcast.ts';
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

/** What a socket shares with others, so that they hear of it. */
interface Wiring {
  /** The rooms it has joined. */
  readonly joined: Set<string>;
  /** The rooms that hear of each stream it publishes. */
  readonly brought: Map<string, Set<string>>;
  /** The rooms it plays. */
  readonly played: Set<string>;
  /** What its publishers say of their streams. */
  readonly claims: Map<string, Claim>;
  /** What its players say of themselves. */
  readonly subscriptions: Map<string, SubscribeRequest>;
  /** How many players the streams and rooms that it wants to play may have. */
  readonly viewerLimits: Map<string, number>;
  /** How many streams the main track may have of each stream that it wants to publish. */
  readonly subtrackLimits: Map<string, number>;
}

/** What a publisher says of its stream, and since when. Milliseconds since 1970; 0 while its media is not there. */
interface Claim extends ClaimRequest {
  readonly date: number;
  readonly startTime: number;
}

/** An id for a member that asked for none: 16 letters and digits, so that nobody guesses it. */
const freshId = (): string => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x');

/** Everything that the sockets of one app share: streams, calls and rooms. Wires their machines to those of the sockets. */
export class App {
  readonly sessions = new Map<SocketId, ServerSession>();
  readonly #timers = new Map<string, Timers>();
  readonly #wiring = new Map<SocketId, Wiring>();
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
          stream: ({ type, streamId, by }) =>
            this.#streams.tell(streamId, {
              type: type === 'stream.expect' ? 'room.memberJoined' : 'room.memberLeft',
              by,
            }),
        })(effect),
      observe,
    });
  }

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

  /** Tells a call what a socket has to say. */
  tellCall(from: SocketId, streamId: string, event: ToCall): void {
    this.#calls.tell(streamId, { ...event, from } as PeerServerEvent);
  }

  /** Tells a room what a socket has to say; to `joinRoom` it adds what only the server knows. */
  tellRoom(from: SocketId, room: string, event: ToRoom): void {
    if (event.type !== 'signal.joinRoom') {
      this.#rooms.tell(room, { ...event, from } as ConferenceServerEvent);
      if (event.type === 'signal.leaveFromRoom') this.#wiringOf(from).joined.delete(room);
      return;
    }
    const { streamId } = event.message;
    const owner = streamId === undefined ? undefined : this.#ownerOf(streamId);
    this.#wiringOf(from).joined.add(room);
    this.#rooms.tell(room, { ...event, from, freshId: freshId(), taken: owner !== undefined && owner !== from });
    // It may have published before it joined.
    if (streamId === undefined || owner !== from) return;
    this.#roomsOf(from, streamId).add(room);
    if (this.isLive(streamId)) this.#rooms.tell(room, { type: 'role.announced', from, streamId });
  }

  #wiringOf(socket: SocketId): Wiring {
    const known = this.#wiring.get(socket) ?? {
      joined: new Set(),
      brought: new Map(),
      played: new Set(),
      claims: new Map(),
      subscriptions: new Map(),
      viewerLimits: new Map(),
      subtrackLimits: new Map(),
    };
    this.#wiring.set(socket, known);
    return known;
  }

  #roomsOf(socket: SocketId, streamId: string): Set<string> {
    const { brought } = this.#wiringOf(socket);
    const rooms = brought.get(streamId) ?? new Set();
    brought.set(streamId, rooms);
    return rooms;
  }

  /** Forgets a socket that is closed. */
  leave(socket: SocketId): void {
    this.sessions.delete(socket);
    this.#wiring.delete(socket);
  }

  /** Tells the rooms of a stream what its publisher says of it: those its socket has joined, and its main track. */
  bring(from: SocketId, { streamId, mainTrack, streamName, metaData, role }: RoomEffect): void {
    const rooms = this.#roomsOf(from, streamId);
    for (const room of this.#wiringOf(from).joined) rooms.add(room);
    if (mainTrack !== undefined) rooms.add(mainTrack);
    for (const room of rooms) {
      const inMainTrack = room === mainTrack;
      this.#rooms.tell(room, { type: 'role.claimed', from, streamId, streamName, metaData, role, inMainTrack });
    }
  }

  /** Performs `stream.*` for the roles of one socket. */
  perform(from: SocketId, effect: StreamEffect): void {
    const { streamId } = effect;
    const { brought, claims, played, subscriptions } = this.#wiringOf(from);
    switch (effect.type) {
      case 'stream.claim':
        claims.set(streamId, { ...effect, date: this.#options.now(), startTime: 0 });
        this.#streams.tell(streamId, { type: 'role.claimed', from, isRoomFull: this.#isRoomFull(from, effect) });
        break;
      case 'stream.update': {
        const { date, startTime } = claims.get(streamId) ?? { date: this.#options.now(), startTime: 0 };
        claims.set(streamId, { ...effect, date, startTime });
        this.bring(from, { ...effect, type: 'room.bring' });
        break;
      }
      case 'stream.keep':
        this.#streams.tell(streamId, { type: 'role.kept', from });
        break;
      case 'stream.announce': {
        const claim = claims.get(streamId);
        if (claim !== undefined) claims.set(streamId, { ...claim, startTime: this.#options.now() });
        this.#streams.tell(streamId, { type: 'role.announced', from });
        for (const room of this.#roomsOf(from, streamId))
          this.#rooms.tell(room, { type: 'role.announced', from, streamId });
        break;
      }
      case 'stream.release': {
        // Members hear that it left before players hear that it ended (docs/protocol.md § Conference).
        for (const room of brought.get(streamId) ?? [])
          this.#rooms.tell(room, { type: 'role.released', from, streamId });
        brought.delete(streamId);
        this.#streams.tell(streamId, { type: 'role.released', from });
        claims.delete(streamId);
        break;
      }
      case 'stream.subscribe':
        subscriptions.set(streamId, effect);
        this.#subscribe(from, effect);
        break;
      case 'stream.watch':
        if (played.has(streamId)) this.#rooms.tell(streamId, { type: 'role.watching', from });
        else this.#streams.tell(streamId, { type: 'role.watching', from });
        break;
      case 'stream.unsubscribe':
        if (played.delete(streamId)) this.#rooms.tell(streamId, { type: 'role.unsubscribed', from });
        else this.#streams.tell(streamId, { type: 'role.unsubscribed', from });
        subscriptions.delete(streamId);
    }
  }

  /** A room is played under its own name, which a stream may have too; then the stream is meant. */
  #subscribe(from: SocketId, request: Extract<StreamEffect, { type: 'stream.subscribe' }>): void {
    const { streamId, trackList, userPublishId, disableTracksByDefault } = request;
    const isRoom = this.isRoom(streamId) || userPublishId !== undefined;
    const isFull = this.#isFull(from, streamId);
    if (!isRoom || this.isLive(streamId)) {
      this.#streams.tell(streamId, { type: 'role.subscribed', from, isFull });
      return;
    }
    this.#wiringOf(from).played.add(streamId);
    this.#rooms.tell(streamId, {
      type: 'role.subscribed',
      from,
      trackList,
      userPublishId,
      disableTracksByDefault,
      isFull,
    });
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
      const { joined = [], brought } = this.#wiring.get(socket) ?? {};
      const isIn = (room: string) =>
        this.#membersOf(room).some((member) => member.from === socket && member.streamId === streamId);
      return [...joined, ...(brought?.get(streamId) ?? [])].filter(isIn);
    });
    return [...new Set(rooms)];
  }

  #membersOf(room: string) {
    return this.#rooms.get(room)?.getSnapshot().context.members ?? [];
  }

  /** How many players a stream or room may have, as a socket that wants to play it is told; -1 for any number. */
  limitViewers(socket: SocketId, streamId: string, limit: number): void {
    if (this.sessions.has(socket)) this.#wiringOf(socket).viewerLimits.set(streamId, limit);
  }

  /** How many streams a main track may have, as a socket that wants to publish into it is told; -1 for any number. */
  limitSubtracks(socket: SocketId, streamId: string, limit: number): void {
    if (this.sessions.has(socket)) this.#wiringOf(socket).subtrackLimits.set(streamId, limit);
  }

  #isFull(socket: SocketId, streamId: string): boolean {
    const { viewerLimits } = this.#wiringOf(socket);
    const limit = viewerLimits.get(streamId) ?? -1;
    viewerLimits.delete(streamId);
    const { parked = [] } = this.#streams.get(streamId)?.getSnapshot().context ?? {};
    return limit >= 0 && this.#playersOf(streamId).length + parked.length >= limit;
  }

  #isRoomFull(socket: SocketId, { streamId, mainTrack }: ClaimRequest): boolean {
    const { subtrackLimits } = this.#wiringOf(socket);
    const limit = subtrackLimits.get(streamId) ?? -1;
    subtrackLimits.delete(streamId);
    if (mainTrack === undefined || limit < 0) return false;
    const others = this.#membersOf(mainTrack).filter(
      (member) => member.streamId !== streamId && this.#ownerOf(member.streamId) !== undefined,
    );
    return others.length >= limit;
  }

  #claimOf(streamId: string): Claim | undefined {
    const owner = this.#ownerOf(streamId);
    return owner === undefined ? undefined : this.#wiring.get(owner)?.claims.get(streamId);
  }

  /** Tells the application that runs the server. */
  notify({ action, streamId, by, mainTrack }: HookEffect): void {
    const { name, notify } = this.#options;
    if (notify === undefined) return;
    const claim = this.#claimOf(streamId);
    const who = by === undefined ? claim : this.#wiring.get(by)?.subscriptions.get(streamId);
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
    const [joined] = owner === undefined ? [] : (this.#wiring.get(owner)?.brought.get(streamId) ?? []);
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
      const { subscriberId = '', subscriberName = '' } = this.#wiring.get(socket)?.subscriptions.get(streamId) ?? {};
      return { subscriberId, subscriberName, streamId };
    });
  }
}
