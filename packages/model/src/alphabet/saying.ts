import { heardByClient, heardByServer, type SignalEvent } from '@sigchart/core/machines';
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  type ServerMessage,
} from '@sigchart/core/protocol';

/** Parts of a message; everything else of it is as its absence reads. */
export interface Saying {
  readonly command: string;
  readonly [field: string]: unknown;
}

function read<Message>(
  saying: Saying,
  decode: (text: string) => { readonly ok: true; readonly message: Message } | { readonly ok: false },
): Message {
  const decoded = decode(JSON.stringify(saying));
  if (!decoded.ok) throw new TypeError(`no message: ${JSON.stringify(saying)}`);
  return decoded.message;
}

/** A client's message, decoded from the wire. */
export const clientSays = (saying: Saying): ClientMessage => read(saying, decodeClientMessage);

/** A server's message, decoded from the wire. */
export const serverSays = (saying: Saying): ServerMessage => read(saying, decodeServerMessage);

/** A client's message, as an event of a server's machine. */
export const fromClient = (saying: Saying): SignalEvent<ClientMessage> => heardByServer(clientSays(saying));

/** A server's message, as an event of a client's machine. */
export const fromServer = (saying: Saying): SignalEvent<ServerMessage> => heardByClient(serverSays(saying));
