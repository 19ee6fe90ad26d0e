import type { ClientMessage, ServerMessage } from '../../protocol/message.ts';
import type { RoleName } from '../ports/role.ts';
import type { SignalEvent } from '../ports/signal.ts';
import type { StreamEvent } from '../ports/stream.ts';

/** Number of a server's socket, by which shared machines refer to it. */
export type SocketId = number;

/** Stands for no socket: the application that runs the server. Sockets of clients are numbered from 1. */
export const noSocket: SocketId = 0;

/** An event of one socket, as a shared machine receives it. */
export type From<Event> = Event & { readonly from: SocketId };

/** A client's message, as a shared machine receives it. */
export type SignalFrom<Command extends ClientMessage['command']> = From<
  Extract<SignalEvent<ClientMessage>, { readonly type: `signal.${Command}` }>
>;

/** Event of a socket itself, as a shared machine receives it. */
export type SocketFrom = From<{ readonly type: 'socket.closed' | 'socket.ponged' }>;

/** A message to one of the sockets. Performed by the app, for that socket. */
export interface SignalToEffect {
  readonly type: 'signal.send';
  readonly to: SocketId;
  readonly message: ServerMessage;
}

/** Pings one of the sockets. Answered by `socket.ponged`. Performed by the app, for that socket. */
export interface PingToEffect {
  readonly type: 'socket.ping';
  readonly to: SocketId;
}

/** Gives an event to a role of some socket, on behalf of a stream or room. Performed by the app (`reduceApp`). */
export interface RoleTellEffect {
  readonly type: 'role.tell';
  readonly to: SocketId;
  readonly role: RoleName;
  readonly streamId: string;
  readonly event: StreamEvent;
}

/**
 * A socket has left the call or room, or was refused it; its messages about the id are no longer for it. Performed by the app, for
 * that socket.
 */
export interface RoleEndEffect {
  readonly type: 'role.end';
  readonly to: SocketId;
}
