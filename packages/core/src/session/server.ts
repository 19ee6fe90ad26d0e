import {
  type IceServer,
  type Performers,
  performWith,
  type RoleAddress,
  type RtcEffect,
  type ServerRoleEffect,
  type ServerSocketEffect,
  type StreamDescribeEffect,
  type StreamEffect,
} from '../machines/effect.ts';
import { heardByServer, type RtcEvent, type StreamDescribedEvent, type StreamEvent } from '../machines/event.ts';
import { playerServer } from '../machines/player/server.ts';
import { publisherServer } from '../machines/publisher/server.ts';
import { socketServer } from '../machines/socket/server.ts';
import { decodeClientMessage } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { ClientMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import type { MessageSocket, SocketListener } from './messageSocket.ts';
import { type Performer, Roles, type SessionTransition, timers } from './roles.ts';
import { routeFromClient } from './route.ts';
import { run } from './run.ts';

/** What a server's session needs of the world. */
export interface ServerSessionOptions {
  readonly socket: MessageSocket;
  readonly clock: Clock;
  /** Performs `rtc.*`. */
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** Performs `stream.*`. */
  readonly streams: Performer<StreamEffect, StreamEvent>;
  /** Performs `stream.describe`. */
  readonly describe: (effect: StreamDescribeEffect, report: (event: StreamDescribedEvent) => void) => void;
  /** What `getIceServerConfig` is answered with. Default none. */
  readonly iceServers?: readonly IceServer[];
  /** Hears of every event of every machine of this socket. */
  readonly observe?: ((transition: SessionTransition) => void) | undefined;
}

/** One socket of a server, and the roles that run on it. */
export interface ServerSession extends Omit<SocketListener, 'opened'> {
  /** The other side has answered a ping (RFC 6455 § 5.5.3). */
  ponged(): void;
  /** Tells the client that the server stops, and closes the socket. */
  close(): void;
  /** How many roles run. */
  readonly roles: number;
}

const machines = { publisher: publisherServer, player: playerServer };

/** Runs the server's machines for one socket that has just been opened. */
export function createServerSession(options: ServerSessionOptions): ServerSession {
  const { socket, clock, observe } = options;
  const roles = new Roles();

  const signal = ({ message }: { readonly message: Parameters<typeof encode>[0] }) => socket.send(encode(message));

  const start = (address: RoleAddress, message: ClientMessage) => {
    const running = roles.start<typeof publisherServer | typeof playerServer>({
      address,
      machine: machines[address.role],
      input: undefined,
      clock,
      performer: (own, report) =>
        performWith<ServerRoleEffect>({
          signal,
          timer: own.perform,
          rtc: options.rtc(address, report),
          stream: options.streams(address, report),
          socket: () => socket.ping?.(),
        }),
      observe,
    });
    roles.tell([{ address, ufrags: new Set() }], heardByServer(message));
    return running;
  };

  const own = timers(clock, (event) => machine.send(event));
  const performers: Performers<ServerSocketEffect> = {
    signal,
    timer: own.perform,
    stream: (effect) => options.describe(effect, (event) => machine.send(event)),
    socket: ({ type }) => {
      if (type === 'socket.ping') {
        socket.ping?.();
        return;
      }
      // A socket that is given up may take long to close; its roles do not wait for it.
      socket.close();
      closed();
    },
    role: ({ address, message }) => start(address, message),
  };
  const machine = run({
    machine: socketServer,
    input: options.iceServers === undefined ? {} : { iceServers: options.iceServers },
    perform: performWith(performers),
    ended: own.stopAll,
    observe: observe && ((transition) => observe({ ...transition, address: undefined })),
  });

  const closed = () => {
    roles.tell(roles, { type: 'socket.closed' });
    machine.send({ type: 'socket.closed' });
  };

  return {
    received(text) {
      const decoded = decodeClientMessage(text);
      if (!decoded.ok) {
        machine.send({ type: 'signal.malformed', malformed: decoded.malformed });
        return;
      }
      const event = heardByServer(decoded.message);
      const addressed = routeFromClient(decoded.message, roles);
      if (addressed.length > 0) roles.tell(addressed, event);
      else machine.send(event);
    },
    ponged() {
      roles.tell(roles, { type: 'socket.ponged' });
      machine.send({ type: 'socket.ponged' });
    },
    closed,
    close: () => machine.send({ type: 'app.close' }),
    get roles() {
      return roles.size;
    },
  };
}
