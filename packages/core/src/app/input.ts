import type { Event } from '../machines/event.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { Malformed } from '../protocol/decode.ts';
import type { ClientMessage } from '../protocol/message.ts';
import type { Place } from './state.ts';

/** Input of an app. */
export type AppInput =
  /** A socket was opened. `pings` is true if it can be pinged (RFC 6455 § 5.5.2). */
  | { readonly type: 'socket.joined'; readonly socket: SocketId; readonly pings: boolean }
  /** The client of a socket has sent a message. */
  | { readonly type: 'socket.received'; readonly socket: SocketId; readonly message: ClientMessage }
  /** The client of a socket has sent a text that is no message. */
  | { readonly type: 'socket.malformed'; readonly socket: SocketId; readonly malformed: Malformed }
  /** The client of a socket has answered a ping. */
  | { readonly type: 'socket.ponged'; readonly socket: SocketId }
  /** A socket cannot be used any more, and is to be closed: something of it that is no role's has thrown. */
  | { readonly type: 'socket.failed'; readonly socket: SocketId }
  /** A socket was closed. */
  | { readonly type: 'socket.closed'; readonly socket: SocketId }
  /** Report on a performed effect of a machine: `rtc.*`, `timer.*`, `access.*`. Ignored once the machine has ended. */
  | { readonly type: 'machine.told'; readonly place: Place; readonly event: Event }
  /** The application ends the publisher of a stream, and all publishers of a room. */
  | { readonly type: 'app.end'; readonly streamId: string }
  /** The application says something to all players of a stream or room. */
  | { readonly type: 'app.data'; readonly streamId: string; readonly text: string };

/** Facts from outside of the app for each input, as values. */
export interface AppFacts {
  /** The time. Milliseconds since 1970. */
  readonly now: number;
  /** Unguessable id for a member that requested none. */
  readonly freshId: string;
}
