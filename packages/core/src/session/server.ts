import type { ConferenceServerEvent } from '../machines/conference/server.ts';
import {
  type AccessEffect,
  type HookEffect,
  type IceServer,
  type Performers,
  performWith,
  type RoleAddress,
  type RoleStartEffect,
  type RoomEffect,
  type RoomTellEffect,
  type RtcEffect,
  type ServerRoleEffect,
  type ServerSocketEffect,
  type StreamDescribeEffect,
  type StreamEffect,
} from '../machines/effect.ts';
import {
  type AccessEvent,
  heardByServer,
  type RtcEvent,
  type StreamDescribedEvent,
  type StreamEvent,
} from '../machines/event.ts';
import type { PeerServerEvent } from '../machines/peer/server.ts';
import { playerServer } from '../machines/player/server.ts';
import { publisherServer } from '../machines/publisher/server.ts';
import { socketServer } from '../machines/socket/server.ts';
import { decodeClientMessage } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import type { MessageSocket, SocketListener } from './messageSocket.ts';
import { type Performer, Roles, type SessionTransition, timers } from './roles.ts';
import { routeFromClient } from './route.ts';
import { run } from './run.ts';

type Unaddressed<Event> = Event extends { readonly from: number } ? Omit<Event, 'from' | 'freshId' | 'taken'> : never;

/** What a socket tells a call it is in. Whose it is, the server knows. */
export type ToCall = Unaddressed<PeerServerEvent>;

/** What a socket tells a room. Whose it is, the server knows. */
export type ToRoom = Unaddressed<ConferenceServerEvent>;

/** What a server's session needs of the world. */
export interface ServerSessionOptions {
  readonly socket: MessageSocket;
  readonly clock: Clock;
  /** Performs `rtc.*`. */
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** Performs `stream.*`. What it reports goes to a role by {@link ServerSession.tell}. */
  readonly streams: (effect: StreamEffect) => void;
  /** Performs `room.*`. */
  readonly rooms: (effect: RoomEffect) => void;
  /** Performs `app.notify`. */
  readonly hooks: (effect: HookEffect) => void;
  /** Performs `access.*`. */
  readonly access: (effect: AccessEffect, report: (event: AccessEvent) => void) => void;
  /** Performs `stream.describe`. */
  readonly describe: (effect: StreamDescribeEffect, report: (event: StreamDescribedEvent) => void) => void;
  /** Tells the call of an id. */
  readonly call: (streamId: string, event: ToCall) => void;
  /** Tells a room. */
  readonly room: (room: string, event: ToRoom) => void;
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
  /** Sends a message that a call or a room has for this socket. */
  send(message: ServerMessage): void;
  /** Asks the other side whether it is alive. */
  ping(): void;
  /** Gives a role an event, if it runs. */
  tell(address: RoleAddress, event: StreamEvent): void;
  /** The socket is in that call no more. */
  leftCall(streamId: string): void;
  /** How many roles run, calls included. */
  readonly roles: number;
}

const machines = { publisher: publisherServer, player: playerServer };

/** Runs the server's machines for one socket that has just been opened. */
export function createServerSession(options: ServerSessionOptions): ServerSession {
  const { socket, clock, observe } = options;
  const roles = new Roles();
  const calls = new Set<string>();
  const rooms = new Set<string>();

  const signal = ({ message }: { readonly message: ServerMessage }) => socket.send(encode(message));

  const start = ({ role, streamId }: RoleStartEffect['address'], message: ClientMessage) => {
    if (role === 'peer') {
      calls.add(streamId);
      options.call(streamId, heardByServer(message) as ToCall);
      return;
    }
    const address = { role, streamId };
    roles.start<typeof publisherServer | typeof playerServer>({
      address,
      machine: machines[role],
      input: undefined,
      clock,
      performer: (own, report) =>
        performWith<ServerRoleEffect>({
          signal,
          timer: own.perform,
          rtc: options.rtc(address, report),
          access: (effect) => options.access(effect, report),
          stream: options.streams,
          room: options.rooms,
          app: options.hooks,
          socket: () => socket.ping?.(),
        }),
      observe,
    });
    roles.tell([{ address, ufrags: new Set() }], heardByServer(message));
  };

  const tellRoom = ({ message }: RoomTellEffect) => {
    const { room } = message;
    if (message.command === 'joinRoom') rooms.add(room);
    options.room(room, heardByServer(message) as ToRoom);
    if (message.command === 'leaveFromRoom') rooms.delete(room);
  };

  const own = timers(clock, (event) => machine.send(event));
  const performers: Performers<ServerSocketEffect> = {
    signal,
    timer: own.perform,
    access: (effect) => options.access(effect, (event) => machine.send(event)),
    stream: (effect) => options.describe(effect, (event) => machine.send(event)),
    room: tellRoom,
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

  /** Those who share a call or a room hear of it before the end of any stream of it shows (docs/protocol.md § Conference). */
  const closed = () => {
    for (const room of rooms) options.room(room, { type: 'socket.closed' });
    for (const streamId of calls) options.call(streamId, { type: 'socket.closed' });
    rooms.clear();
    calls.clear();
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
      const destination = routeFromClient(decoded.message, roles, calls);
      switch (destination.to) {
        case 'roles':
          roles.tell(destination.roles, event);
          break;
        case 'call':
          options.call(destination.streamId, event as ToCall);
          break;
        case 'room':
          options.room(destination.room, event as ToRoom);
          break;
        case 'socket':
          machine.send(event);
      }
    },
    ponged() {
      for (const streamId of calls) options.call(streamId, { type: 'socket.ponged' });
      roles.tell(roles, { type: 'socket.ponged' });
      machine.send({ type: 'socket.ponged' });
    },
    closed,
    close: () => machine.send({ type: 'app.close' }),
    send: (message) => signal({ message }),
    ping: () => socket.ping?.(),
    tell: (address, event) => roles.get(address)?.send(event),
    leftCall: (streamId) => calls.delete(streamId),
    get roles() {
      return roles.size + calls.size;
    },
  };
}
