import { isHeld, isLive } from '../app/directory.ts';
import type { AppFacts, AppInput } from '../app/input.ts';
import type { AppLimits } from '../app/limits.ts';
import type { AppNotification, AppOutput, AppRequest } from '../app/output.ts';
import { AppReducer } from '../app/reduce.ts';
import { type AppState, emptyApp, type Place, placeOfShared, placeOfSocket, roomOf, streamOf } from '../app/state.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { ConferenceServerContext } from '../machines/shared/room.ts';
import type { StreamServerContext } from '../machines/shared/stream.ts';
import { binaryMessage, decodeClientMessage } from '../protocol/decode.ts';
import type { ClientMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import { causeNow, performFor, type TransitionCause, type TransitionListener } from './observation.ts';
import { answerCost, contestCost, costOf } from './rate.ts';
import { socketScene } from './roles.ts';
import type { FailurePoint } from './run.ts';
import { type Holding, type JoinOptions, type ServerSession, SocketPerformer, timersFor } from './server.ts';
import { Watch } from './watch.ts';

/** Which of the machines that sockets share it is. */
export interface SharedScene {
  /** The id of its stream, call or room. */
  readonly shared: string;
}

/** Told of each machine that sockets share as it starts: returns what hears of it. */
export type SharedObserver = (scene: SharedScene) => TransitionListener;

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
  /** The time. Milliseconds since 1970. Default always 0. */
  readonly now?: (() => number) | undefined;
  /** Makes an id for a member of a room that asks for none: letters and digits that nobody can guess. */
  readonly freshId: () => string;
  /** How much of the app its clients may use. */
  readonly limits?: Partial<AppLimits> | undefined;
  /** Performs `hook.call`. Default nothing. */
  readonly notify?: ((notification: AppNotification) => void) | undefined;
  /** Told of every stream, call and room as it begins: returns what hears of every event of it. Default nobody. */
  readonly observe?: SharedObserver | undefined;
  /** Hears of exceptions in what sockets share, those of `notify` among them. Default: nobody. */
  readonly failed?: ((failure: SharedFailure) => void) | undefined;
}

/** Everything that sockets of one path share, and their sessions. */
export interface App {
  /** All that is known, for what reads more of it than this offers. */
  readonly state: AppState;
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

/** An input that waits until what the inputs before it ask for is performed. */
interface Queued {
  readonly input: AppInput;
  readonly cause: TransitionCause | undefined;
}

/** A socket with what performs its effects. */
interface Joined {
  readonly options: JoinOptions;
  readonly session: ServerSession;
  readonly performer: SocketPerformer;
}

/**
 * Runs the app of the sockets of one path ({@link AppReducer}): queues what it hears, and has performed what it asks for. With it, a
 * server on any runtime is a matter of sockets, media and a clock; and of what to answer to questions about streams (`describe`), which
 * is nothing by default.
 */
export function createApp(options: AppOptions): App {
  const { clock } = options;
  const reducer = new AppReducer(emptyApp, { limits: options.limits });
  const { state } = reducer;
  const joined = new Map<SocketId, Joined>();
  const sessions = new Map<SocketId, ServerSession>();
  /** By the place of the machine, which is one object as long as it runs. */
  const holdings = new Map<Place, Holding>();
  const queue: Queued[] = [];
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
      // Nobody is left to hear of it.
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

  /** Tells the application, whose exceptions are no reason to end the role that it is told of. */
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

  const hearNow = ({ input, cause }: Queued) => {
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

  /** What it costs to hear a message. Asked before it is heard, which may end what makes it dear. */
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
