import { type HookEffect, performWith, type StreamEffect, type TimerEffect } from '../machines/effect.ts';
import { type PeerServerEvent, peerServer } from '../machines/shared/call.ts';
import { noSocket, type RoleTellEffect, type SignalToEffect, type SocketId } from '../machines/shared/envelope.ts';
import { type ConferenceServerContext, conferenceServer } from '../machines/shared/room.ts';
import { type StreamServerContext, streamServer } from '../machines/shared/stream.ts';
import type { Clock } from './clock.ts';
import { deliverDisplacement, deliverExpectation, type SharedDelivery, sharedState } from './delivery.ts';
import { type AppLimits, defaultAppLimits } from './limits.ts';
import { Registry, type SharedObserver } from './registry.ts';
import { type Timers, timers } from './roles.ts';
import type { FailurePoint } from './run.ts';
import { createServerSession, type ServerSession, type ServerSessionOptions } from './server.ts';

/** An exception in what the sockets of one path share. The stream, call or room runs on. */
export interface SharedFailure {
  readonly error: unknown;
  readonly at: FailurePoint;
  /** The id of the stream, call or room. */
  readonly shared: string;
}

/** What an app needs of the world. */
export interface AppOptions {
  readonly clock: Clock;
  /** Makes an id for a member of a room that asks for none: letters and digits that nobody can guess. */
  readonly freshId: () => string;
  /** How much of the app its clients may use. */
  readonly limits?: Partial<AppLimits> | undefined;
  /** Performs `app.notify`. Default nothing. */
  readonly hooks?: ((effect: HookEffect) => void) | undefined;
  /** Hears what a role of a socket says of its stream, for whoever is to tell of it. Default nothing. */
  readonly record?: ((from: SocketId, effect: StreamEffect) => void) | undefined;
  /** Told of every stream, call and room as it begins: returns what hears of every event of it. Default nobody. */
  readonly observe?: SharedObserver | undefined;
  /** Hears of exceptions in what sockets share, those of `hooks` and `record` among them. Default: nobody. */
  readonly failed?: ((failure: SharedFailure) => void) | undefined;
}

/** How to take in a socket. */
export type JoinOptions = Omit<ServerSessionOptions, 'clock' | 'deliver' | 'hooks' | 'shared'>;

/** Everything that sockets of one path share, and their sessions. */
export interface App {
  /** The sessions of its sockets. */
  readonly sessions: ReadonlyMap<SocketId, ServerSession>;
  /** Takes in a socket that has just been opened. Tell the session what the socket receives, and that it is closed. */
  join(options: JoinOptions): ServerSession;
  /** What is known of a stream that somebody uses. */
  stream(streamId: string): StreamServerContext | undefined;
  /** What is known of a room that somebody is in, or plays. */
  room(room: string): ConferenceServerContext | undefined;
  /** Whether a stream can be played now. */
  isLive(streamId: string): boolean;
  /** The ids of the streams that somebody publishes, and of the rooms that somebody is in. */
  readonly ids: readonly string[];
  /** How many stream ids, calls and rooms are in use. */
  readonly counts: { readonly streams: number; readonly calls: number; readonly rooms: number };
  /** Ends the publisher of a stream, and all publishers of a room. Says whether there was any. */
  end(streamId: string): boolean;
  /** Says something to all players of a stream or room, on their data channel. Says whether there is such a one. */
  sendData(streamId: string, text: string): boolean;
}

/**
 * Runs the machines that the sockets of one path share: streams, calls and rooms. With it, a server on any runtime is a matter of
 * sockets, media and a clock; and of what to answer to questions about streams (`describe`), which is nothing by default.
 */
export function createApp(options: AppOptions): App {
  const { clock, freshId, observe } = options;
  const sessions = new Map<SocketId, ServerSession>();
  const timersOfCalls = new Map<string, Timers>();

  const tell = ({ to, role, streamId, event }: RoleTellEffect) => sessions.get(to)?.tell({ role, streamId }, event);
  const send = ({ to, message }: SignalToEffect) => sessions.get(to)?.send(message);

  const failed = (shared: string, error: unknown, at: FailurePoint) => {
    try {
      options.failed?.({ error, at, shared });
    } catch {
      // Nobody is left to hear of it.
    }
  };
  /** Tells the application, whose exceptions are no reason to end the role that it is told of. */
  const telling = (streamId: string, tell: () => void) => {
    try {
      tell();
    } catch (error) {
      failed(streamId, error, 'listener');
    }
  };
  const hooks = (effect: HookEffect) => telling(effect.streamId, () => options.hooks?.(effect));

  const streams: Registry<typeof streamServer> = new Registry({
    machine: streamServer,
    inputOf: (streamId) => ({ streamId }),
    perform: (_, effect) =>
      performWith<typeof effect>({
        role: tell,
        app: hooks,
        room: (displaced) => deliver(deliverDisplacement(displaced)),
      })(effect),
    observe,
    failed,
  });

  const calls: Registry<typeof peerServer> = new Registry({
    machine: peerServer,
    inputOf: (streamId) => ({ streamId }),
    perform: (streamId, effect, report) =>
      performWith<typeof effect>({
        signal: send,
        timer: (timer: TimerEffect) => timersOf(streamId, report).perform(timer),
        socket: ({ to }) => sessions.get(to)?.ping(),
        role: ({ to }) => sessions.get(to)?.leftCall(streamId),
      })(effect),
    ended: (streamId) => {
      timersOfCalls.get(streamId)?.stopAll();
      timersOfCalls.delete(streamId);
    },
    observe,
    failed,
  });

  const rooms: Registry<typeof conferenceServer> = new Registry({
    machine: conferenceServer,
    inputOf: (room) => ({ room }),
    perform: (_, effect) =>
      performWith<typeof effect>({
        signal: send,
        role: tell,
        app: hooks,
        stream: (expected) => deliver(deliverExpectation(expected)),
      })(effect),
    observe,
    failed,
  });

  const timersOf = (streamId: string, report: (event: PeerServerEvent) => void): Timers => {
    const known = timersOfCalls.get(streamId) ?? timers(clock, (event) => report(event as PeerServerEvent));
    timersOfCalls.set(streamId, known);
    return known;
  };

  const deliver = (delivery: SharedDelivery) => {
    switch (delivery.to) {
      case 'stream':
        streams.tell(delivery.streamId, delivery.event);
        break;
      case 'call':
        calls.tell(delivery.streamId, delivery.event);
        break;
      case 'room':
        rooms.tell(delivery.room, delivery.event);
        break;
      case 'record':
        telling(delivery.effect.streamId, () => options.record?.(delivery.from, delivery.effect));
    }
  };

  const stream = (streamId: string) => streams.get(streamId)?.getSnapshot().context;
  const room = (id: string) => rooms.get(id)?.getSnapshot().context;
  const isHeld = (streamId: string) => streams.get(streamId)?.getSnapshot().matches('held') ?? false;

  const shared = sharedState(
    (streamId) => streams.get(streamId)?.getSnapshot(),
    (id) => rooms.get(id)?.getSnapshot(),
    freshId,
    { ...defaultAppLimits, ...options.limits },
    { rooms: () => rooms.size, calls: () => calls.size, isCall: (id) => calls.get(id) !== undefined },
  );

  return {
    sessions,
    join(own) {
      const session = createServerSession({
        ...own,
        clock,
        shared,
        deliver,
        hooks,
        left() {
          sessions.delete(own.id);
          own.left?.();
        },
      });
      sessions.set(own.id, session);
      return session;
    },
    stream,
    room,
    isLive: shared.isLive,
    get ids() {
      return [...new Set([...streams.ids.filter(isHeld), ...rooms.ids])];
    },
    get counts() {
      return { streams: streams.size, calls: calls.size, rooms: rooms.size };
    },
    end(streamId) {
      const isPublished = isHeld(streamId);
      const hasMembers = (room(streamId)?.members.length ?? 0) > 0;
      if (isPublished) streams.tell(streamId, { type: 'app.end' });
      if (hasMembers) rooms.tell(streamId, { type: 'app.end', from: noSocket });
      return isPublished || hasMembers;
    },
    sendData(streamId, text) {
      const isPlayable = shared.isLive(streamId);
      const isRoom = shared.isRoom(streamId);
      if (isPlayable) streams.tell(streamId, { type: 'app.data', text });
      if (isRoom) rooms.tell(streamId, { type: 'app.data', text, from: noSocket });
      return isPlayable || isRoom;
    },
  };
}
