import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { createTurnClient, UdpTransport } from 'werift';
import type { SocketShare } from '../transport/socketBudget.ts';

/** A datagram to send: one buffer, or several that the sender joins. */
export type Datagram = Buffer | readonly Buffer[];

/** Listener for datagrams that arrive at a {@link Base}. */
export type DatagramListener = (base: Base, datagram: Buffer, host: string, port: number) => void;

/** Local origin of datagrams: a UDP socket, or an address relayed by a TURN server. @see RFC 8445 § 4 */
export interface Base {
  readonly type: 'host' | 'relay';
  readonly host: string;
  readonly port: number;
  /** Local preference, for the priorities of its candidate and its pairs. @see RFC 8445 § 5.1.2 */
  readonly priority: number;
  send(datagram: Datagram, port: number, host: string): void;
  close(): Promise<void>;
}

/** A TURN server and the credentials for it. */
export interface RelayServer {
  readonly address: readonly [string, number];
  readonly username: string;
  readonly password: string;
  readonly transport: 'udp' | 'tcp' | 'tls' | undefined;
}

/** Type preferences. @see RFC 8445 § 5.1.2.2 */
const typePreferences = { host: 126, prflx: 110, srflx: 100, relay: 0 } as const;

/** The priority of a candidate. @see RFC 8445 § 5.1.2.1 */
export const priorityOf = (type: keyof typeof typePreferences, localPreference = 65_535): number =>
  typePreferences[type] * 2 ** 24 + localPreference * 2 ** 8 + 255;

/**
 * A lookup that returns the address itself.
 *
 * An unconnected socket looks up the host of each datagram. Even for an address, this costs a turn of the event loop, and more
 * than the datagram itself. Remotes are known only by address.
 */
const addressItself =
  (family: 4 | 6) =>
  (host: string, _options: unknown, found: (error: null, address: string, family: number) => void): void =>
    found(null, host, family);

function bind(socket: Socket, port: number, address: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, exclusive: true, ...(address !== undefined && { address }) }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

const isInUse = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

const close = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.close(() => resolve());
  });

/** Opens a UDP socket on the first free port of a range, starting at a random one. Rejects if no port is free. */
async function openSocket(
  isSix: boolean,
  [first, last]: readonly [number, number],
  bindAddress: string | undefined,
): Promise<Socket> {
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let tried = 0; tried < count; tried += 1) {
    const socket = createSocket({
      type: isSix ? 'udp6' : 'udp4',
      ipv6Only: isSix,
      lookup: addressItself(isSix ? 6 : 4),
    });
    try {
      await bind(socket, first + ((start + tried) % count), bindAddress);
      return socket;
    } catch (error) {
      socket.close();
      if (!isInUse(error)) throw error;
    }
  }
  throw new Error('no port is free to listen on');
}

/** Ports for sockets, and their maximum number. */
export interface SocketOptions {
  readonly portRange: readonly [number, number];
  /** Local addresses to bind to, if not to all. */
  readonly bind: { readonly udp4?: string; readonly udp6?: string };
  readonly sockets: SocketShare;
}

/** Has what opens a socket count for the client that it is opened for. */
async function counted<T>(sockets: SocketShare, open: () => Promise<T>): Promise<T> {
  sockets.take();
  try {
    return await open();
  } catch (error) {
    sockets.release();
    throw error;
  }
}

/** Opens a UDP socket as a base. Rejects when no port of the range is free, or the client has as many as it may. */
export async function openHostBase(
  host: string,
  { portRange, bind: addresses, sockets }: SocketOptions,
  received: DatagramListener,
): Promise<Base> {
  const bindAddress = addresses[isIPv6(host) ? 'udp6' : 'udp4'];
  const socket = await counted(sockets, () => openSocket(isIPv6(host), portRange, bindAddress));
  let isOpen = true;
  // An address that cannot be reached, or a network that is down. The path is found to be dead by its silence.
  socket.on('error', () => {});
  const base: Base = {
    type: 'host',
    host,
    port: socket.address().port,
    priority: priorityOf('host'),
    send: (datagram, port, address) => {
      if (isOpen) socket.send(datagram, port, address);
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await close(socket);
      sockets.release();
    },
  };
  socket.on('message', (datagram, { address, port }) => {
    // A link-local address comes with its interface, which candidates do not have.
    const zone = address.indexOf('%');
    received(base, datagram, zone < 0 ? address : address.slice(0, zone), port);
  });
  return base;
}

/** Allocates an address at a TURN server. Falls back to TCP if UDP does not get there. Rejects when neither does. */
export async function openRelayBase(
  { address, username, password, transport = 'udp' }: RelayServer,
  { portRange, bind, sockets }: SocketOptions,
  received: DatagramListener,
): Promise<{ readonly base: Base; readonly mapped: readonly [string, number] }> {
  const config = { address: [address[0], address[1]] as [string, number], username, password };
  const allocate = (over: 'udp' | 'tcp' | 'tls') =>
    createTurnClient(config, { portRange: [...portRange], interfaceAddresses: bind, transport: over });
  const turn = await counted(sockets, () =>
    allocate(transport).catch((error: unknown) => {
      if (transport !== 'udp') throw error;
      return allocate('tcp');
    }),
  );
  let isOpen = true;
  // werift does not listen to `error` of a socket, which would end the process.
  if (turn.transport instanceof UdpTransport) turn.transport.socket.on('error', () => {});
  const [host, port] = turn.relayedAddress;
  const base: Base = {
    type: 'relay',
    host,
    port,
    priority: priorityOf('relay'),
    send: (datagram, toPort, toHost) =>
      void turn
        .sendData(Buffer.isBuffer(datagram) ? datagram : Buffer.concat(datagram), [toHost, toPort])
        .catch(() => {}),
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await turn.close();
      sockets.release();
    },
  };
  turn.onData.subscribe((datagram, [fromHost, fromPort]) => received(base, datagram, fromHost, fromPort));
  return { base, mapped: turn.mappedAddress };
}
