import type { ClientMessage, ServerMessage } from '../../protocol/message.ts';
import type { RoleName } from '../ports/role.ts';
import type { SignalEvent } from '../ports/signal.ts';
import type { StreamEvent } from '../ports/stream.ts';

/** A socket of a server, by its number. What many sockets share knows them by it. */
export type SocketId = number;

/** The socket of what comes from no socket: the application that runs the server. Those of clients are counted from 1. */
export const noSocket: SocketId = 0;

/** An event of one socket, as a machine that many sockets share hears it. */
export type From<Event> = Event & { readonly from: SocketId };

/** A client's message, as a machine that many sockets share hears it. */
export type SignalFrom<Command extends ClientMessage['command']> = From<
  Extract<SignalEvent<ClientMessage>, { readonly type: `signal.${Command}` }>
>;

/** What a socket has done, as a machine that many sockets share hears it. */
export type SocketFrom = From<{ readonly type: 'socket.closed' | 'socket.ponged' }>;

/** A message to one of the sockets. Performed by the app, for that socket. */
export interface SignalToEffect {
  readonly type: 'signal.send';
  readonly to: SocketId;
  readonly message: ServerMessage;
}

/** Asks one of the sockets whether it is alive; the answer is `socket.ponged`. Performed by the app, for that socket. */
export interface PingToEffect {
  readonly type: 'socket.ping';
  readonly to: SocketId;
}

/** A stream or a room asks that a role of some socket hears an event. Performed by the app (`reduceApp`). */
export interface RoleTellEffect {
  readonly type: 'role.tell';
  readonly to: SocketId;
  readonly role: RoleName;
  readonly streamId: string;
  readonly event: StreamEvent;
}
