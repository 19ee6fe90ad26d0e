import type { Server, Socket } from 'node:net';
import { addressKey, defaultServerLimits, type ServerLimits } from '@sigchart/server';

/** Number of TCP connections a server has at a time. */
export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

/** Number of file descriptors reserved for files, standard streams and outgoing connections. */
const reserved = 32;

/** The least number of connections with which a server is of any use. */
const least = 16;

/**
 * The connections that fit into so many file descriptors: media has two thirds of them. One address has half of the connections at
 * most, so that no single client keeps the others out.
 */
export function connectionLimits(
  descriptors: number,
  { socketsPerAddress = defaultServerLimits.socketsPerAddress }: Partial<ServerLimits> = {},
): ConnectionLimits {
  const connections = Math.max(least, Math.floor(descriptors / 3) - reserved);
  // A page has a few connections of HTTP beside its WebSocket.
  return { connections, connectionsPerAddress: Math.min(2 * socketsPerAddress, Math.ceil(connections / 2)) };
}

/**
 * Share of the connections that WebSockets may use. A further WebSocket request is answered with 429 or 503, while a further
 * connection is only closed.
 */
const socketShare = 0.75;

/** The limits of WebSockets that fit into those of connections, where they are not configured. */
export const socketLimits = ({
  connections,
  connectionsPerAddress,
}: ConnectionLimits): Pick<ServerLimits, 'sockets' | 'socketsPerAddress'> => ({
  sockets: Math.min(defaultServerLimits.sockets, Math.floor(connections * socketShare)),
  socketsPerAddress: Math.min(defaultServerLimits.socketsPerAddress, Math.floor(connectionsPerAddress * socketShare)),
});

/**
 * Closes connections beyond the limits before anything is read from them. Without a limit, one client could use every file
 * descriptor and keep others from connecting.
 *
 * @param isProxy - Reports whether an address is that of a proxy, through which many clients connect.
 */
export function limitConnections(
  server: Server,
  { connections, connectionsPerAddress }: ConnectionLimits,
  isProxy: (address: string) => boolean,
): void {
  const open = new Set<Socket>();
  const byAddress = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    // A request whose upgrade is ignored hands its connection to the server once more.
    if (open.has(socket)) return;
    const key = addressKey(remoteAddress);
    const others = byAddress.get(key) ?? 0;
    if (open.size >= connections || (others >= connectionsPerAddress && !isProxy(remoteAddress))) {
      socket.destroy();
      return;
    }
    open.add(socket);
    byAddress.set(key, others + 1);
    socket.once('close', () => {
      open.delete(socket);
      const left = (byAddress.get(key) ?? 1) - 1;
      if (left > 0) byAddress.set(key, left);
      else byAddress.delete(key);
    });
  });
}
