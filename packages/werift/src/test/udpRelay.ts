import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** A NAT, or a bad network, between two ends of UDP. */
export interface UdpRelay {
  /** Port that the near end sends to, on the relay's address. */
  readonly port: number;
  /** Number of datagrams in each direction. */
  readonly counts: { toFar: number; toNear: number };
  /** Decides whether a datagram is lost. Default none is. */
  isLost: (datagram: Buffer, toFar: boolean) => boolean;
  /** Gives the near end another port outside, as a NAT does that was restarted. What comes to the old one is lost. */
  rebind(): Promise<void>;
  close(): Promise<void>;
}

const bound = (address: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(0, address, () => resolve(socket));
  });

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.close(() => resolve());
  });

/** Opens a relay on an address to a port of the same address. The first sender becomes the near end. */
export async function openUdpRelay(address: string, farPort: number): Promise<UdpRelay> {
  const inside = await bound(address);
  let outside = await bound(address);
  let nearPort: number | undefined;
  let nearHost = address;

  const listen = (socket: Socket) =>
    socket.on('message', (datagram) => {
      if (socket !== outside || nearPort === undefined || relay.isLost(datagram, false)) return;
      relay.counts.toNear += 1;
      inside.send(datagram, nearPort, nearHost);
    });
  inside.on('message', (datagram, { port, address: host }) => {
    nearPort = port;
    nearHost = host;
    if (relay.isLost(datagram, true)) return;
    relay.counts.toFar += 1;
    outside.send(datagram, farPort, address);
  });
  listen(outside);
  const relay: UdpRelay = {
    port: inside.address().port,
    counts: { toFar: 0, toNear: 0 },
    isLost: () => false,
    async rebind() {
      const old = outside;
      outside = await bound(address);
      listen(outside);
      await closed(old);
    },
    close: async () => {
      await Promise.all([closed(inside), closed(outside)]);
    },
  };
  return relay;
}
