import type { Malformed } from '../../protocol/decode.ts';
import type { ClientMessage, ServerMessage } from '../../protocol/message.ts';

/** Message to send, in the direction of the side. Performed by the session. */
export interface SignalEffect<Message> {
  readonly type: 'signal.send';
  readonly message: Message;
}

/** The event name of a message: its definition for a notification, otherwise its command. */
type SignalName<Message> = Message extends { command: 'notification'; definition: infer Definition extends string }
  ? Definition
  : Message extends { command: infer Command extends string }
    ? Command
    : never;

/** A message as an event, `signal.<command>` or `signal.<definition>`. */
export type SignalEvent<Message> = Message extends { command: string }
  ? { readonly type: `signal.${SignalName<Message>}`; readonly message: Message }
  : never;

/** A text that is no message. */
export interface MalformedEvent {
  readonly type: 'signal.malformed';
  readonly malformed: Malformed;
}

const named = (message: { readonly command: string; readonly definition?: unknown }): string =>
  message.command === 'notification' ? String(message.definition) : message.command;

/** A client's message as an event of a server's machine. */
export const heardByServer = (message: ClientMessage): SignalEvent<ClientMessage> =>
  ({ type: `signal.${message.command}`, message }) as SignalEvent<ClientMessage>;

/** A server's message as an event of a client's machine. */
export const heardByClient = (message: ServerMessage): SignalEvent<ServerMessage> =>
  ({ type: `signal.${named(message)}`, message }) as SignalEvent<ServerMessage>;
