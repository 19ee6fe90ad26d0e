import type {
  AppNotifyEffect,
  conferenceClient,
  EnterRequest,
  IceServer,
  JoinRequest,
  PlayRequest,
  PublishRequest,
  RoleAddress,
  RtcEffect,
  RtcEvent,
} from '@sigchart/core/machines';
import {
  type ClientRole,
  type ClientSession,
  type Clock,
  createClientSession,
  observeWith,
  type Performer,
  type Run,
  type SessionObserver,
} from '@sigchart/core/session';
import { rtcPerformer } from '@sigchart/webrtc';
import { type ConferenceHandle, createConferenceHandle } from './conference.ts';
import { connectWith, type OutgoingMedia } from './connection.ts';
import { dial } from './dial.ts';
import { createHandle, type PlayerHandle, type RoleHandle, type StreamRole, type Surface } from './handle.ts';
import { listenToPage } from './page.ts';

/** Recorder of a client's machines: `inspectTo(url)` or `createRecorder()` of `@sigchart/inspect`. */
export interface ClientInspector {
  observer(labels?: Readonly<Record<string, string | number>>): SessionObserver;
}

/** Options of a client. */
export interface ClientOptions {
  /** The ICE servers to use. Default: those the server names. */
  readonly iceServers?: readonly IceServer[];
  /** Maximum number of retries in a row. Default 10, about 100 s. */
  readonly retryLimit?: number;
  /** True if publishers and peers open a data channel. Default `true`. */
  readonly dataChannel?: boolean;
  /** Called with messages that the application of a peer sends over the signalling (`peerMessageCommand`). */
  readonly onPeerMessage?: (streamId: string, message: Omit<AppNotifyEffect, 'type'>) => void;
  /** Called with every machine of this client when it starts; returns a listener for all its transitions. */
  readonly observe?: SessionObserver | undefined;
  /** Clock of all timers. Default: `setTimeout`. A virtual clock makes tests fast. */
  readonly clock?: Clock;
  /** Records every machine of this client, so that an inspector shows it beside the server's. */
  readonly inspect?: ClientInspector;
}

/** Choice of the encodings of a video that is sent. */
interface EncodingOptions {
  /**
   * Sends video in several encodings (simulcast), so that the server can choose one for each player's bandwidth. Default for a video of
   * 540 lines or more. A server or browser without simulcast gets one encoding.
   */
  readonly simulcast?: boolean;
}

/** Parameters of `publish`, besides the stream's id. */
export interface PublishOptions extends Omit<PublishRequest, 'streamId' | 'video' | 'audio'>, EncodingOptions {
  /** Media to send. Without it, only a data channel is opened. */
  readonly stream?: MediaStream;
}

/** Parameters of `play`, besides the stream's id. */
export interface PlayOptions extends Omit<PlayRequest, 'streamId'> {}

/** Options to join a call, besides its id. */
export interface JoinOptions extends Omit<JoinRequest, 'streamId'> {
  /** Media to send. Without it, the peer only receives. */
  readonly stream?: MediaStream;
}

/** Options to enter a conference, besides its room. */
export interface EnterOptions extends Omit<EnterRequest, 'room' | 'publish'>, EncodingOptions {
  /** Media to send. Without it, the member only watches. */
  readonly stream?: MediaStream;
}

/**
 * A client of one server: one WebSocket, which is reopened when it is lost, and any number of roles on it. Roles of two kinds with the
 * same id use a second WebSocket.
 */
export interface Client {
  /**
   * Publishes a stream, or returns the handle of its running publisher.
   *
   * @example
   * ```ts
   * const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
   * const publisher = client.publish('stream1', { stream });
   * publisher.subscribe(() => console.log(publisher.getSnapshot().state)); // requesting, connecting, publishing, …
   * ```
   */
  publish(streamId: string, options?: PublishOptions): RoleHandle;
  /**
   * Plays a stream, or returns the handle of its running player.
   *
   * @example
   * ```ts
   * const player = client.play('stream1');
   * player.subscribe(() => {
   *   const { stream } = player.getSnapshot();
   *   if (stream !== undefined && video.srcObject !== stream) video.srcObject = stream;
   * });
   * ```
   */
  play(streamId: string, options?: PlayOptions): PlayerHandle;
  /**
   * Joins a two-party call, or returns the handle of the running peer. The handle's stream is that of the other peer.
   *
   * @example
   * ```ts
   * const call = client.join('call1', { stream });
   * call.subscribe(() => console.log(call.getSnapshot().state)); // waiting, connecting, connected, …
   * call.send('hello'); // over the data channel
   * ```
   */
  join(streamId: string, options?: JoinOptions): RoleHandle;
  /**
   * Enters a room, or returns the handle of the running member.
   *
   * @example
   * ```ts
   * const room = client.enter('room1', { stream, streamName: 'Ada' });
   * room.subscribe(() => console.log(room.getSnapshot().players.map(({ streamId }) => streamId)));
   * ```
   */
  enter(room: string, options?: EnterOptions): ConferenceHandle;
  /** Ends every role and closes the socket permanently. */
  close(): void;
}

const browserClock: Clock = {
  start(ms, elapsed) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
  // The time of `performance` stands still while some devices sleep.
  now: () => Date.now(),
};

interface Role {
  readonly session: ClientSession;
  readonly handle: PlayerHandle;
  readonly surface: Surface;
}

const keyOf = ({ role, streamId }: RoleAddress) => `${role} ${streamId}`;

/** Roles that a `stop` on one socket would also end, because it names only the id. */
const rivals: Readonly<Record<RoleAddress['role'], readonly RoleAddress['role'][]>> = {
  publisher: ['player', 'peer'],
  player: ['publisher', 'peer'],
  peer: ['publisher', 'player'],
  member: [],
};

/**
 * Creates a client of the server at `url`, such as `wss://example.org:5443/live/websocket`. The socket opens with the first role.
 *
 * Never throws: failures are in a handle's snapshot and in the rejection of its `finished`. It may be created outside of a page, as in
 * server rendering, because nothing happens before the first role.
 *
 * @example
 * ```ts
 * const client = createClient('ws://localhost:5080/live/websocket');
 * client.publish('stream1', { stream: await navigator.mediaDevices.getUserMedia({ video: true, audio: true }) });
 * const player = client.play('stream1');
 * player.subscribe(() => Object.assign(video, { srcObject: player.getSnapshot().stream ?? null }));
 * ```
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  const roles = new Map<string, Role>();
  const members = new Map<string, ConferenceHandle>();
  /** Outgoing media by role. A member's is sent by the publisher that it starts. */
  const media = new Map<string, OutgoingMedia>();
  const keep = (key: string, stream: MediaStream) => media.set(key, { ...media.get(key), stream });
  const observe = observeWith(options.inspect?.observer({ url: url.replace(/\?.*/, '') }), options.observe);

  /** Key of a role's media: a publisher that a member started sends the member's. */
  function mediaKeyOf(address: RoleAddress): string {
    const key = keyOf(address);
    if (media.has(key) || address.role !== 'publisher') return key;
    for (const [memberKey, member] of members) if (member.getSnapshot().streamId === address.streamId) return memberKey;
    return key;
  }

  /** One socket, with the roles on it. */
  function openSession(): ClientSession {
    const rtc: Performer<RtcEffect, RtcEvent> = (address, report) => {
      const key = keyOf(address);
      // Made together with the machine, and kept until the machine has ended.
      const surface = () => (roles.get(key) as Role).surface;
      const connect = connectWith({
        iceServers: () => session.iceServers,
        surface,
        media: () => media.get(mediaKeyOf(address)),
        dataChannel: options.dataChannel ?? true,
      });
      const perform = rtcPerformer(connect)(address, report);
      return (effect) => {
        perform(effect);
        if (effect.type !== 'rtc.close') return;
        Object.assign(surface(), { connection: undefined, stream: undefined, tracks: [], channel: undefined });
        surface().changed();
      };
    };

    const session = createClientSession({
      dial: dial(url),
      clock: options.clock ?? browserClock,
      rtc,
      notify: ({ streamId }, { definition, data }) => options.onPeerMessage?.(streamId, { definition, data }),
      started: (address, running) => started(session, address, running),
      iceServers: options.iceServers,
      retryLimit: options.retryLimit,
      observe,
    });
    session.socket.subscribe(() => {
      for (const role of roles.values()) if (role.session === session) role.surface.changed();
    });
    return session;
  }

  let leavePage: (() => void) | undefined;
  const first = openSession();
  let second: ClientSession | undefined;
  const sessions = () => (second === undefined ? [first] : [first, second]);

  const isRival = (session: ClientSession, { role, streamId }: RoleAddress) =>
    rivals[role].some((rival) => roles.get(keyOf({ role: rival, streamId }))?.session === session);

  /** The session of a role that runs, or one that has no role of another kind with this id: `stop` would end both. */
  function sessionFor(address: RoleAddress): ClientSession {
    const running = roles.get(keyOf(address))?.session;
    if (running !== undefined) return running;
    if (!isRival(first, address)) return first;
    second ??= openSession();
    return second;
  }

  /** Creates a handle for every machine that starts, including those that a member starts. */
  function started(session: ClientSession, address: RoleAddress, running: ClientRole): void {
    // A client without roles holds no resources, so it need not be closed.
    leavePage ??= listenToPage({
      suspended: () => {
        for (const each of sessions()) each.suspend();
      },
      resumed: () => {
        for (const each of sessions()) each.resume();
      },
    });
    const { role: name, streamId } = address;
    const key = keyOf(address);
    const stop = () => session.stop(address);
    if (name === 'member') {
      const handle = createConferenceHandle({
        room: streamId,
        running: running as Run<typeof conferenceClient>,
        stop,
        keep: (stream) => keep(key, stream),
        socket: session.socket,
        roleOf: (role, id) => roles.get(keyOf({ role, streamId: id }))?.handle,
      });
      members.set(key, handle);
      const forget = () => {
        if (members.get(key) !== handle) return;
        members.delete(key);
        media.delete(key);
      };
      handle.finished.then(forget, forget);
      return;
    }
    const role = createHandle({
      role: name,
      streamId,
      running: running as StreamRole,
      stop,
      socket: () => session.socket.getSnapshot(),
      keep: (stream) => keep(mediaKeyOf(address), stream),
    });
    roles.set(key, { ...role, session });
    const forget = () => {
      if (roles.get(key)?.handle !== role.handle) return;
      roles.delete(key);
      media.delete(key);
    };
    role.handle.finished.then(forget, forget);
  }

  const handleOf = (
    address: RoleAddress,
    start: (session: ClientSession) => unknown,
    stream?: MediaStream,
    simulcast?: boolean,
  ): PlayerHandle => {
    if (stream !== undefined) media.set(keyOf(address), { stream, simulcast });
    start(sessionFor(address));
    return (roles.get(keyOf(address)) as Role).handle;
  };

  const kinds = (stream: MediaStream | undefined) => ({
    video: (stream?.getVideoTracks().length ?? 0) > 0,
    audio: (stream?.getAudioTracks().length ?? 0) > 0,
  });

  return {
    publish: (streamId, { stream, simulcast, ...request } = {}) =>
      handleOf(
        { role: 'publisher', streamId },
        (session) => session.publish({ ...request, ...kinds(stream), streamId }),
        stream,
        simulcast,
      ),
    play: (streamId, request = {}) =>
      handleOf({ role: 'player', streamId }, (session) => session.play({ ...request, streamId })),
    join: (streamId, { stream, ...request } = {}) =>
      handleOf({ role: 'peer', streamId }, (session) => session.join({ ...request, streamId }), stream),
    enter(room, { stream, simulcast, ...request } = {}) {
      const key = keyOf({ role: 'member', streamId: room });
      if (stream !== undefined) media.set(key, { stream, simulcast });
      first.enter({ ...request, publish: stream !== undefined, room });
      return members.get(key) as ConferenceHandle;
    },
    close() {
      leavePage?.();
      for (const session of sessions()) session.close();
    },
  };
}
