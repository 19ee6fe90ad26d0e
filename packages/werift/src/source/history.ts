/** One RTP packet of a track, in the order and the time of the track. */
export interface MediaPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** The last packets of a track, to send again what a player has lost. One for all players. */
export class PacketHistory {
  readonly #packets: (MediaPacket | undefined)[];
  readonly #mask: number;

  /** `size` is how many packets are kept: a power of two. */
  constructor(size: number) {
    this.#packets = new Array<MediaPacket | undefined>(size).fill(undefined);
    this.#mask = size - 1;
  }

  /** Keeps a packet. `false` when it is there already. */
  add(packet: MediaPacket): boolean {
    const index = packet.sequenceNumber & this.#mask;
    if (this.#packets[index]?.sequenceNumber === packet.sequenceNumber) return false;
    this.#packets[index] = packet;
    return true;
  }

  /** The packet of a number, unless it never came or is too old. */
  get(sequenceNumber: number): MediaPacket | undefined {
    const packet = this.#packets[sequenceNumber & this.#mask];
    return packet?.sequenceNumber === sequenceNumber ? packet : undefined;
  }
}
