import { isHeld, isLive, subscriberOf } from '../app/directory.ts';
import type { AppFacts, AppInput } from '../app/input.ts';
import type { AppLimits } from '../app/limits.ts';
import type { AppNotification, AppOutput, AppRequest } from '../app/output.ts';
import { AppReducer } from '../app/reduce.ts';
import { type AppState, emptyApp, type Place, placeOfShared, placeOfSocket, roomOf, streamOf } from '../app/state.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { ConferenceServerContext } from '../machines/shared/room/context.ts';
import type { StreamServerContext } from '../machines/shared/stream.ts';
import type { Subscriber } from '../machines/socket/answer.ts';
import { binaryMessage, decodeClientMessage } from '../protocol/decode.ts';
import type { ClientMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import { causeNow, performFor, type TransitionCause, type TransitionListener } from './observation.ts';
import type { PlayerReport } from './quality.ts';
import { answerCost, contestCost, costOf } from './rate.ts';
import { socketScene } from './roles.ts';
import type { FailurePoint } from './run.ts';
import { type Holding, type JoinOptions, type ServerSession, SocketPerformer, timersFor } from './server.ts';
import { Watch } from './watch.ts';

/** Kind and id of a shared machine. */
export interface SharedScene {
  /** The id of its stream, call or room. */
  readonly shared: string;
}

/** Called with each shared machine when it starts; returns a listener for its transitions. */
export type SharedObserver = (scene: SharedScene) => TransitionListener;

/** An exception in what the sockets of one path share. The stream, call or room runs on. */
export interface SharedFailure {
  readonly error: unknown;
  readonly at: FailurePoint;
  /** The id of the stream, call or room. */
  readonly shared: string;
}

/** Dependencies and options of an app. */
export interface AppOptions {
  readonly clock: Clock;
  /** The time. Milliseconds since 1970. Default always 0. */
  readonly now?: (() => number) | undefined;
  /** Creates an unguessable id of letters and digits, for a member that requested none. */
  readonly freshId: () => string;
  /** Limits for the app's clients. */
  readonly limits?: Partial<AppLimits> | undefined;
  /** Performs `hook.call`. Default nothing. */
  readonly notify?: ((notification: AppNotification) => void) | undefined;
  /** Called with every stream, call and room when it starts; returns a listener for its transitions. Default none. */
  readonly observe?: SharedObserver | undefined;
  /** Called with exceptions in shared machines, and with those of `notify`. Default none. */
  readonly failed?: ((failure: SharedFailure) => void) | undefined;
}

/** Quality of one player, and who it is. */
export interface SubscriberReport extends Subscriber, PlayerReport {}

/** Everything that sockets of one path share, and their sessions. */
export interface App {
  /** All that is known, for what reads more of it than this offers. */
  readonly state: AppState;
  /** The sessions of its sockets. */
  readonly sessions: ReadonlyMap<SocketId, ServerSession>;
  /**
   * Adds a socket that was just opened. Pass what the socket receives to the returned session, and call its `closed` when the
   * socket is closed.
   */
  join(options: JoinOptions): ServerSession;
  /** State of a stream in use. */
  stream(streamId: string): StreamServerContext | undefined;
  /** State of a room with members or players. */
  room(room: string): ConferenceServerContext | undefined;
  /** Quality of the players of a stream or room; those that are not measured yet are missing. */
  reports(streamId: string): readonly SubscriberReport[];
  /** True if a stream can be played now. */
  isLive(streamId: string): boolean;
  /** Ids of the streams that are published, and of the rooms with members. */
  readonly ids: readonly string[];
  /** Numbers of stream ids, calls and rooms in use. */
  readonly counts: { readonly streams: number; readonly calls: number; readonly rooms: number };
  /** Ends the publisher of a stream, and all publishers of a room. Says whether there was any. */
  end(streamId: string): boolean;
  /** Says something to all players of a stream or room, on their data channel. Says whether there is such a one. */
  sendData(streamId: string, text: string): boolean;
}

/** An input that waits until the effects of earlier inputs are performed. */
interface PendingInput {
  readonly input: AppInput;
  readonly cause: TransitionCause | undefined;
}

/** A socket with what performs its effects. */
interface SocketEntry {
  readonly options: JoinOptions;
  readonly session: ServerSession;
  readonly performer: SocketPerformer;
}

/**
 * Runs the app of the sockets of one path (`AppReducer`): queues its inputs, and has its effects performed. A server on any
 * runtime needs only sockets, media and a clock in addition, and `describe` to answer questions about streams, which are unknown
 * by default.
 */
export function createApp(options: AppOptions): App {
  const { clock } = options;
  const reducer = new AppReducer(emptyApp, { limits: options.limits });
  const { state } = reducer;
  const joined = new Map<SocketId, SocketEntry>();
  const sessions = new Map<SocketId, ServerSession>();
  /** By the place of the machine, which is one object as long as it runs. */
  const holdings = new Map<Place, Holding>();
  const queue: PendingInput[] = [];
  let isBusy = false;
  let isObserved = options.observe !== undefined;

  // Both cost something, and few inputs need them.
  const facts: AppFacts = {
    get now() {
      return options.now?.() ?? 0;
    },
    get freshId() {
      return options.freshId();
    },
  };

  const failed = (place: Place, error: unknown, at: FailurePoint) => {
    if ('socket' in place) {
      joined.get(place.socket)?.performer.fail(place, error, at);
      return;
    }
    try {
      options.failed?.({ error, at, shared: place.id });
    } catch {
      // No listener is left.
    }
  };

  const watch = new Watch(
    (place) => {
      if (!('socket' in place)) return options.observe?.({ shared: place.id });
      const scene = place.kind === 'role' ? { address: place.address } : socketScene;
      return joined.get(place.socket)?.options.observe?.(scene);
    },
    (place, error) => failed(place, error, 'listener'),
  );

  /** Notifies the application. Its exceptions must not end the role that the notification is about. */
  const notify = (notification: AppNotification) => {
    try {
      options.notify?.(notification);
    } catch (error) {
      failed(placeOfShared('stream', notification.streamId), error, 'listener');
    }
  };

  const holdingOf = (place: Place): Holding => {
    const known = holdings.get(place);
    if (known !== undefined) return known;
    const holding: Holding = { place, isOver: false };
    holdings.set(place, holding);
    return holding;
  };

  const perform = ({ place, effect }: AppRequest) => {
    if (effect.type === 'machine.end') {
      const holding = holdings.get(place);
      if (holding === undefined) return;
      holding.isOver = true;
      holding.timers?.stopAll();
      holdings.delete(place);
    } else if (effect.type === 'hook.call') notify(effect.notification);
    else if ('socket' in place) joined.get(place.socket)?.performer.perform(effect, holdingOf(place));
    else if (effect.type === 'timer.start' || effect.type === 'timer.stop') {
      const holding = holdingOf(place);
      holding.timers ??= timersFor(clock, holding, hear);
      holding.timers.perform(effect);
    }
  };

  const performAll = ({ steps, requests, failures }: AppOutput) => {
    if (isObserved) {
      const causeOf = watch.tell(steps);
      for (const request of requests) {
        const outer = performFor(causeOf(request.cause));
        perform(request);
        performFor(outer);
      }
    } else for (const request of requests) perform(request);
    for (const { place, error } of failures) failed(place, error, 'step');
  };

  const hear = (input: AppInput) => {
    const heard = { input, cause: causeNow() };
    if (isBusy) {
      queue.push(heard);
      return;
    }
    isBusy = true;
    try {
      hearNow(heard);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) hearNow(next);
    } finally {
      isBusy = false;
    }
  };

  const hearNow = ({ input, cause }: PendingInput) => {
    const outer = performFor(cause);
    performAll(reducer.take(input, facts));
    performFor(outer);
    if (input.type === 'socket.closed') forget(input.socket);
  };

  const forget = (id: SocketId) => {
    const socket = joined.get(id);
    joined.delete(id);
    sessions.delete(id);
    socket?.options.left?.();
  };

  /** Cost of a message. Computed before it is handled, because that may change the state that makes it expensive. */
  const costOfMessage = (from: SocketId, message: ClientMessage, length: number) => {
    const cost = costOf(message.command, length);
    if (message.command === 'publish') {
      const owner = streamOf(state, message.streamId)?.context.owner;
      return owner === undefined || owner === from ? cost : cost + contestCost;
    }
    if (message.command !== 'takeConfiguration' || message.type !== 'offer') return cost;
    // Offers in a call are only passed on.
    const isAnswered = state.sockets
      .get(from)
      ?.roles.some(({ role, streamId }) => role === 'publisher' && streamId === message.streamId);
    return isAnswered ? cost + answerCost : cost;
  };

  const join = (own: JoinOptions): ServerSession => {
    const { id } = own;
    isObserved ||= own.observe !== undefined;
    const place = placeOfSocket(id);
    const performer = new SocketPerformer({
      ...own,
      clock,
      hear,
      runs: (other) => state.machines.has(other.key),
    });
    const session: ServerSession = {
      received(text) {
        const decoded = decodeClientMessage(text);
        if (!decoded.ok) {
          hear({ type: 'socket.malformed', socket: id, malformed: decoded.malformed });
          return costOf(undefined, text.length);
        }
        const cost = costOfMessage(id, decoded.message, text.length);
        hear({ type: 'socket.received', socket: id, message: decoded.message });
        return cost;
      },
      receivedBinary(length) {
        hear({ type: 'socket.malformed', socket: id, malformed: binaryMessage });
        return costOf(undefined, length);
      },
      ponged: () => hear({ type: 'socket.ponged', socket: id }),
      closed: () => hear({ type: 'socket.closed', socket: id }),
      close: () => hear({ type: 'machine.told', place, event: { type: 'app.close' } }),
      send: (message) => performer.send(message),
      get roles() {
        const socket = state.sockets.get(id);
        return socket === undefined ? 0 : socket.roles.length + socket.membership.calls.length;
      },
    };
    joined.set(id, { options: own, session, performer });
    sessions.set(id, session);
    hear({ type: 'socket.joined', socket: id, pings: own.socket.ping !== undefined });
    return session;
  };

  /** The ids of what sockets share of one kind. */
  const idsOf = (kind: 'stream' | 'room') =>
    Array.from(state.machines.values(), ({ place }) => (place.kind === kind ? [place.id] : [])).flat();

  return {
    state,
    sessions,
    join,
    stream: (streamId) => streamOf(state, streamId)?.context,
    room: (room) => roomOf(state, room)?.context,
    reports: (streamId) =>
      Array.from(holdings.values()).flatMap(({ place, quality }) => {
        if (place.kind !== 'role' || place.address.streamId !== streamId) return [];
        const report = quality?.report;
        return report === undefined ? [] : [{ ...subscriberOf(state, place.socket, streamId), ...report }];
      }),
    isLive: (streamId) => isLive(state, streamId),
    get ids() {
      return [...new Set([...idsOf('stream').filter((id) => isHeld(state, id)), ...idsOf('room')])];
    },
    get counts() {
      const { stream, call, room } = state.counts;
      return { streams: stream, calls: call, rooms: room };
    },
    end(streamId) {
      const isPublished = isHeld(state, streamId) || (roomOf(state, streamId)?.context.members.length ?? 0) > 0;
      if (isPublished) hear({ type: 'app.end', streamId });
      return isPublished;
    },
    sendData(streamId, text) {
      const isPlayed = isLive(state, streamId) || roomOf(state, streamId) !== undefined;
      if (isPlayed) hear({ type: 'app.data', streamId, text });
      return isPlayed;
    },
  };
}
