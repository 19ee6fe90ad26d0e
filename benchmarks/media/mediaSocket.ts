import type { RTCDtlsTransport } from 'werift';
import { UdpTransport } from 'werift';

/** RTP, and neither RTCP nor STUN nor DTLS. @see RFC 7983 § 7, RFC 5761 § 4 */
const isRtp = ({ 0: first = 0, 1: second = 0 }: Buffer) =>
  first >= 128 && first < 192 && (second < 192 || second > 223);

/**
 * UDP socket of a connected peer. It bypasses werift for RTP packets, so that a load of many peers takes less CPU than the
 * server that it measures.
 */
export class MediaSocket {
  readonly #udp: UdpTransport;
  readonly #remote: readonly [string, number];

  constructor({ iceTransport }: RTCDtlsTransport, onRtp: (datagram: Buffer) => void) {
    const { nominated, onData } = iceTransport.connection;
    const udp = nominated && 'transport' in nominated.protocol ? nominated.protocol.transport : undefined;
    if (nominated === undefined || !(udp instanceof UdpTransport)) throw new Error('a connection without a UDP socket');
    this.#udp = udp;
    this.#remote = nominated.remoteAddr;
    const { socket } = udp;
    const [listener] = socket.listeners('message');
    socket.removeAllListeners('message');
    socket.on('message', (datagram, info) => {
      if (isRtp(datagram)) onRtp(datagram);
      else listener?.call(socket, datagram, info);
    });
    // The server may also use another of the peer's sockets.
    const { execute } = onData;
    onData.execute = (datagram) => {
      if (isRtp(datagram)) onRtp(datagram);
      else execute(datagram);
    };
  }

  send(datagram: Buffer): void {
    const [host, port] = this.#remote;
    this.#udp.socket.send(datagram, port, host);
  }
}
