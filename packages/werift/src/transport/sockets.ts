import {
  classes,
  type IceConnection,
  type Protocol,
  parseMessage,
  StunOverTurnProtocol,
  StunProtocol,
  UdpTransport,
} from 'werift';

/** The first byte of a STUN message. @see RFC 7983 § 7 */
const isStun = (datagram: Buffer) => (datagram[0] ?? 0xff) < 4;

/** What werift keeps to itself of a connection. */
interface Internals {
  localUsername: string;
  localPassword: string;
  protocols: readonly Protocol[];
  pairLocalProtocol(protocol: Protocol): void;
  sortCheckList(): void;
  /** The password of each username of this end, since an ICE restart does not end the checks of before at once. */
  readonly userHistory: Record<string, string>;
}

const internalsOf = (connection: IceConnection) => connection as unknown as Internals;

/** Chooses the ICE credentials of this end, before it gathers. */
export function setCredentials(connection: IceConnection, usernameFragment: string, password: string): void {
  const internals = internalsOf(connection);
  internals.localUsername = usernameFragment;
  internals.localPassword = password;
  internals.userHistory[usernameFragment] = password;
}

/**
 * Makes sockets safe against who is not the peer, and tells how many there are.
 *
 * werift 0.25 answers a connectivity check of anybody: it remembers the sender and sends it checks of its own, so that a
 * stranger fills the memory or has a third party bombarded. And it hears no `error` of a socket, which ends the process.
 * Can go when werift minds the integrity of requests, and errors.
 *
 * @see RFC 8445 § 7.3
 */
export function secureSockets(connection: IceConnection): number {
  const { protocols, userHistory } = internalsOf(connection);
  const sockets = protocols.filter((protocol) => protocol instanceof StunProtocol);
  const relays = protocols.flatMap((protocol) => {
    if (!(protocol instanceof StunOverTurnProtocol)) return [];
    const { transport } = protocol.turn;
    return transport instanceof UdpTransport ? [transport.socket] : [];
  });
  for (const socket of relays) if (socket.listenerCount('error') === 0) socket.on('error', () => {});
  for (const { transport } of sockets) {
    if (transport.socket.listenerCount('error') > 0) continue;
    transport.socket.on('error', () => {});
    const { onData } = transport;
    transport.onData = (datagram, address) => {
      if (!isStun(datagram) || isAuthentic(datagram, userHistory)) onData(datagram, address);
    };
  }
  return sockets.length + relays.length;
}

/**
 * Takes relayed candidates into use.
 *
 * werift 0.25 pairs one with what the peer names from then on only, while a peer that has all its candidates in its
 * description has named them before a TURN server could answer. Can go when werift pairs them as it does others.
 *
 * @see RFC 8838 § 10
 */
export function pairRelays(connection: IceConnection): void {
  const internals = internalsOf(connection);
  for (const protocol of internals.protocols)
    if (protocol instanceof StunOverTurnProtocol) internals.pairLocalProtocol(protocol);
  internals.sortCheckList();
}

/**
 * Has the next gathering open new sockets, and returns what closes those of before.
 *
 * werift keeps its sockets in an ICE restart. Chromium then goes on with the old credentials as long as the same address
 * answers to them, and refuses the new ones. Can go when werift gathers anew.
 *
 * @see RFC 8445 § 9
 */
export function renewSockets(connection: IceConnection): () => Promise<void> {
  const internals = internalsOf(connection);
  const { protocols } = internals;
  internals.protocols = [];
  return async () => {
    await Promise.all(protocols.map((protocol) => protocol.close()));
  };
}

/**
 * Sends a datagram over the path in use, if there is one.
 *
 * Straight to the socket where that is possible: werift passes it through three promises, for each packet and each player.
 */
export function sendDatagram(connection: IceConnection, bytes: Buffer): void {
  const { nominated: pair } = connection;
  if (pair === undefined) return;
  const { protocol, remoteAddr } = pair;
  const [host, port] = remoteAddr;
  if (!(protocol instanceof StunProtocol)) connection.send(bytes).catch(() => {});
  else if (!protocol.transport.closed) protocol.transport.socket.send(bytes, port, host);
}

/** Whether a message is no request, or the request of somebody who knows a password of this end. */
function isAuthentic(datagram: Buffer, passwords: Readonly<Record<string, string>>): boolean {
  const message = parseMessage(datagram);
  if (message === undefined) return false;
  if (message.messageClass !== classes.REQUEST) return true;
  const [username = ''] = String(message.getAttributeValue('USERNAME') ?? '').split(':');
  const password = Object.hasOwn(passwords, username) ? passwords[username] : undefined;
  return password !== undefined && parseMessage(datagram, Buffer.from(password)) !== undefined;
}
