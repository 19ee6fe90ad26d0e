import {
  type AccessEffect,
  type HookEffect,
  type IceServer,
  type MediaEffect,
  type Performers,
  performWith,
  type RoleAddress,
  type RtcEffect,
  type ServerRoleEffect,
  type ServerSocketEffect,
  type StreamDescribeEffect,
} from '../machines/effect.ts';
import type { AccessEvent, MediaEvent, RtcEvent, StreamDescribedEvent, StreamEvent } from '../machines/event.ts';
import { playerServer } from '../machines/roles/player/server.ts';
import { publisherServer } from '../machines/roles/publisher/server.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import { socketServer } from '../machines/socket/server.ts';
import { decodeClientMessage, maxTextLength } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import {
  type Delivered,
  deliverClosed,
  deliverEffect,
  deliverMessage,
  deliverPonged,
  leaveCall,
  type Membership,
  type NewRoleAddress,
  noMembership,
  type SharedDelivery,
  type SharedEffect,
  type SharedState,
} from './delivery.ts';
import type { MessageSocket, SocketListener } from './messageSocket.ts';
import { PlayerQuality } from './quality.ts';
import { contestCost, costOf } from './rate.ts';
import { type Performer, Roles, type SessionObserver, socketScene, timers } from './roles.ts';
import { type FailurePoint, run } from './run.ts';

/** An exception that nothing else of a session has handled: a defect of an adapter, or of this project. */
export interface SessionFailure {
  readonly error: unknown;
  readonly at: FailurePoint;
  /** The role that has ended by it, or `undefined` for the socket itself. After a failed listener nothing ends. */
  readonly address: RoleAddress | undefined;
}

/** ICE servers, or what makes them when they are used. */
export type IceServers = readonly IceServer[] | (() => readonly IceServer[]);

/** What a server's session needs of the world. */
export interface ServerSessionOptions {
  /** Its number, by which machines that sockets share know it. Not {@link noSocket}. */
  readonly id: SocketId;
  readonly socket: MessageSocket;
  readonly clock: Clock;
  /** Performs `rtc.*`. */
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** Performs `media.*` for the quality of players. Default nobody decides over it: all is sent. */
  readonly media?: Performer<MediaEffect, MediaEvent> | undefined;
  /** What is known of streams and rooms. */
  readonly shared: SharedState;
  /** Gives machines that sockets share what this socket has for them. Theirs for it comes by {@link ServerSession}. */
  readonly deliver: (delivery: SharedDelivery) => void;
  /** Performs `app.notify`. */
  readonly hooks: (effect: HookEffect) => void;
  /** Performs `access.*`. Default everything is granted. */
  readonly access?: (effect: AccessEffect, report: (event: AccessEvent) => void) => void;
  /** Performs `stream.describe`. Default nothing is known of any stream. */
  readonly describe?: (effect: StreamDescribeEffect, report: (event: StreamDescribedEvent) => void) => void;
  /** What `getIceServerConfig` is answered with: asked again each time, so that credentials may end. Default none. */
  readonly iceServers?: IceServers;
  /** Hears that the socket is closed, after all that was on it. */
  readonly left?: (() => void) | undefined;
  /** Told of every machine of this socket as it starts: returns what hears of every event of it. */
  readonly observe?: SessionObserver | undefined;
  /** Hears of exceptions. Each ends the role, or else the socket, in which it happened, and nothing beyond. Default: nobody. */
  readonly failed?: ((failure: SessionFailure) => void) | undefined;
}

/** One socket of a server, and the roles that run on it. None of its methods throws. */
export interface ServerSession extends Omit<SocketListener, 'opened' | 'received'> {
  /**
   * The client has sent a text. Returns what it costs to hear it, for whoever holds the client to a rate.
   *
   * @see docs/limits.md § Message rates
   */
  received(text: string): number;
  /** The other side has answered a ping (RFC 6455 § 5.5.3). */
  ponged(): void;
  /** Tells the client that the server stops, and closes the socket. */
  close(): void;
  /** Sends a message that a call or a room has for this socket. */
  send(message: ServerMessage): void;
  /** Asks the other side whether it is alive. */
  ping(): void;
  /** Gives a role an event, if it runs. */
  tell(address: RoleAddress, event: StreamEvent): void;
  /** The socket is in that call no more. */
  leftCall(streamId: string): void;
  /** What the socket has to do with what sockets share. */
  readonly membership: Membership;
  /** How many roles run, calls included. */
  readonly roles: number;
}

const serverError = (streamId: string | undefined): ServerMessage => ({
  command: 'error',
  definition: 'server_error_check_logs',
  streamId,
});

const machines = { publisher: publisherServer, player: playerServer };

const grant: Required<ServerSessionOptions>['access'] = ({ type: _, ...request }, report) =>
  report({ type: 'access.granted', request });

const knowNothing: Required<ServerSessionOptions>['describe'] = ({ question }, report) =>
  report({ type: 'stream.described', question, known: undefined });

/** Runs the server's machines for one socket that has just been opened. */
export function createServerSession(options: ServerSessionOptions): ServerSession {
  const { id, socket, clock, shared, observe, access = grant, describe = knowNothing } = options;
  const roles = new Roles();
  let membership = noMembership;
  let isGivenUp = false;

  const signal = ({ message }: { readonly message: ServerMessage }) => {
    const text = encode(message);
    if (text.length <= maxTextLength) {
      socket.send(text);
      return;
    }
    // No client of this project reads it. What makes it so long is the server's own, such as what is registered of a stream.
    report({ error: new RangeError(`a message of ${text.length} code units`), at: 'listener', address: undefined });
    socket.send(encode(serverError('streamId' in message ? message.streamId : undefined)));
  };

  const report = (failure: SessionFailure) => {
    try {
      options.failed?.(failure);
    } catch {
      // Nobody is left to hear of it.
    }
  };

  /** Ends a role of which an effect or a step has thrown, so that nothing half done remains of it. */
  const failRole = (address: RoleAddress) => (error: unknown, at: FailurePoint) => {
    report({ error, at, address });
    const role = roles.get(address);
    if (at === 'listener' || role === undefined || role.getSnapshot().status !== 'active') return;
    role.send({ type: 'socket.closed' });
    try {
      signal({ message: serverError(address.streamId) });
    } catch {
      // The failure is that of the socket, then. It is reported, and the client hears of it by silence.
    }
  };

  /** Ends the socket, when something of it that is no role's has thrown. */
  const failSocket = (error: unknown, at: FailurePoint) => {
    report({ error, at, address: undefined });
    if (at === 'listener' || isGivenUp) return;
    giveUp();
  };

  /** Calls what is not in the hands of a machine. */
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (error) {
      failSocket(error, 'effect');
    }
  };

  const deliver = ({ membership: next, deliveries }: Delivered) => {
    membership = next;
    for (const delivery of deliveries) {
      switch (delivery.to) {
        case 'newRole':
          start(delivery.address);
          roles.tell([{ address: delivery.address, ufrags: new Set() }], delivery.event);
          break;
        case 'roles':
          roles.tell(delivery.roles, delivery.event);
          break;
        case 'socket':
          machine.send(delivery.event);
          break;
        default:
          options.deliver(delivery);
      }
    }
  };

  const rolesOf = (streamId: string) => roles.of(streamId);

  const share = (effect: SharedEffect) => deliver(deliverEffect(id, membership, effect, shared, roles.size));

  const start = (address: NewRoleAddress) =>
    roles.start<typeof publisherServer | typeof playerServer>({
      address,
      machine: machines[address.role],
      input: undefined,
      clock,
      performer: (own, report) => {
        const { media } = options;
        const quality =
          media && address.role === 'player'
            ? new PlayerQuality({ address, clock, media, send: (message) => signal({ message }), observe })
            : undefined;
        const rtc = options.rtc(address, report);
        return performWith<ServerRoleEffect>({
          signal,
          timer: own.perform,
          rtc: (effect) => {
            quality?.follow(effect);
            rtc(effect);
          },
          quality: (effect) => quality?.prefer(effect),
          access: (effect) =>
            access(effect, (event) => {
              // First, so that a client knows its ICE servers before it opens a connection.
              if (event.type === 'access.granted' && event.right !== undefined) machine.send({ type: 'access.shown' });
              report(event);
            }),
          stream: share,
          room: share,
          app: options.hooks,
          socket: () => socket.ping?.(),
        });
      },
      observe,
      failed: failRole(address),
    });

  const own = timers(clock, (event) => machine.send(event));
  const performers: Performers<ServerSocketEffect> = {
    signal,
    timer: own.perform,
    access: (effect) => access(effect, (event) => machine.send(event)),
    ice: ({ withCredentials }) => {
      const { iceServers = [] } = options;
      const all = typeof iceServers === 'function' ? iceServers() : iceServers;
      const told = withCredentials ? all : all.filter(({ credential }) => credential === undefined);
      machine.send({ type: 'ice.servers', iceServers: told });
    },
    stream: (effect) => describe(effect, (event) => machine.send(event)),
    room: share,
    role: share,
    socket: ({ type }) => {
      if (type === 'socket.ping') {
        socket.ping?.();
        return;
      }
      giveUp();
    },
  };
  const machine = run({
    machine: socketServer,
    input: { pings: socket.ping !== undefined },
    perform: performWith(performers),
    ended: own.stopAll,
    observe: observe && (() => observe(socketScene)),
    failed: failSocket,
  });

  /** What it costs to hear a message. Asked before it is heard, which may end what makes it dear. */
  const costOfMessage = (message: ClientMessage, length: number) => {
    const owner = message.command === 'publish' ? shared.ownerOf(message.streamId) : undefined;
    return costOf(message.command, length) + (owner === undefined || owner === id ? 0 : contestCost);
  };

  const closed = () => guarded(() => deliver(deliverClosed(id, membership, roles)));

  /** Closes the socket. That may take long; its roles do not wait for it. */
  const giveUp = () => {
    isGivenUp = true;
    guarded(() => socket.close());
    closed();
  };

  return {
    received(text) {
      const decoded = decodeClientMessage(text);
      if (!decoded.ok) {
        machine.send({ type: 'signal.malformed', malformed: decoded.malformed });
        return costOf(undefined, text.length);
      }
      const cost = costOfMessage(decoded.message, text.length);
      guarded(() => deliver(deliverMessage(id, membership, decoded.message, rolesOf)));
      return cost;
    },
    ponged: () => guarded(() => deliver(deliverPonged(id, membership, roles))),
    closed() {
      closed();
      options.left?.();
    },
    close: () => machine.send({ type: 'app.close' }),
    send: (message) => guarded(() => signal({ message })),
    ping: () => guarded(() => socket.ping?.()),
    tell: (address, event) => roles.get(address)?.send(event),
    leftCall(streamId) {
      membership = leaveCall(membership, streamId);
    },
    get membership() {
      return membership;
    },
    get roles() {
      return roles.size + membership.calls.length;
    },
  };
}
