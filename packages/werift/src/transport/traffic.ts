/** Called with the time from opening a transport to its first RTP packet in a direction. Milliseconds. */
export type FirstPacketListener = (direction: 'received' | 'sent', ms: number) => void;

/** Totals of all transports of a process. */
export interface TrafficTotals {
  /** RTP packets that publishers sent, and the bytes of their payloads. */
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  /** RTP packets that were sent to players, repeated ones among them, and the bytes of their payloads. */
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** Packets of those that were retransmissions, requested by players. */
  readonly packetsRetransmitted: number;
  /** Packets that players reported as lost, and have not received again under the same number. */
  readonly packetsLost: number;
  /** Requests for a key frame that were sent to publishers. */
  readonly keyFrameRequests: number;
}

/** Counts what transports carry. Plain fields, since each packet passes here. */
export class Traffic implements TrafficTotals {
  packetsReceived = 0;
  bytesReceived = 0;
  packetsSent = 0;
  bytesSent = 0;
  packetsRetransmitted = 0;
  packetsLost = 0;
  keyFrameRequests = 0;

  get totals(): TrafficTotals {
    const { packetsReceived, bytesReceived, packetsSent, bytesSent } = this;
    const { packetsRetransmitted, packetsLost, keyFrameRequests } = this;
    return {
      packetsReceived,
      bytesReceived,
      packetsSent,
      bytesSent,
      packetsRetransmitted,
      packetsLost,
      keyFrameRequests,
    };
  }
}

/** The share of one transport. */
export class TransportTraffic {
  readonly #all: Traffic;
  readonly #openedAtMs = performance.now();
  #hasReceived = false;
  readonly #onFirstPacket: FirstPacketListener;
  #hasSent = false;

  constructor(all: Traffic, onFirstPacket: FirstPacketListener = () => {}) {
    this.#all = all;
    this.#onFirstPacket = onFirstPacket;
  }

  received(bytes: number): void {
    this.#all.packetsReceived += 1;
    this.#all.bytesReceived += bytes;
    if (this.#hasReceived) return;
    this.#hasReceived = true;
    this.#onFirstPacket('received', performance.now() - this.#openedAtMs);
  }

  sent(bytes: number): void {
    this.#all.packetsSent += 1;
    this.#all.bytesSent += bytes;
    if (this.#hasSent) return;
    this.#hasSent = true;
    this.#onFirstPacket('sent', performance.now() - this.#openedAtMs);
  }

  retransmitted(): void {
    this.#all.packetsRetransmitted += 1;
  }

  lost(packets: number): void {
    this.#all.packetsLost += packets;
  }

  keyFrameRequested(): void {
    this.#all.keyFrameRequests += 1;
  }
}
