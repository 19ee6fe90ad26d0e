import { classes, type IceConnection, type Protocol, parseMessage, StunProtocol } from 'werift';

/** The first byte of a STUN message. @see RFC 7983 § 7 */
const isStun = (datagram: Buffer) => (datagram[0] ?? 0xff) < 4;

/** The UDP sockets of a connection, which werift keeps to itself. */
const socketsOf = (connection: IceConnection): readonly StunProtocol[] =>
  (connection as unknown as { readonly protocols: readonly Protocol[] }).protocols.filter(
    (protocol) => protocol instanceof StunProtocol,
  );

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
  const sockets = socketsOf(connection);
  for (const { transport } of sockets) {
    if (transport.socket.listenerCount('error') > 0) continue;
    transport.socket.on('error', () => {});
    const { onData } = transport;
    transport.onData = (datagram, address) => {
      if (!isStun(datagram) || isAuthentic(datagram, connection)) onData(datagram, address);
    };
  }
  return sockets.length;
}

/** Whether a message is no request, or the request of somebody who knows the password of this end. */
function isAuthentic(datagram: Buffer, { localPassword, localUsername }: IceConnection): boolean {
  const message = parseMessage(datagram);
  if (message === undefined) return false;
  if (message.messageClass !== classes.REQUEST) return true;
  const [username] = String(message.getAttributeValue('USERNAME') ?? '').split(':');
  return username === localUsername && parseMessage(datagram, Buffer.from(localPassword)) !== undefined;
}
