/** One RTP packet of a track, by the count and the clock of the track. */
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

  /** How many packets are kept. */
  readonly size: number;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.#packets = new Array<MediaPacket | undefined>(size).fill(undefined);
    this.#mask = size - 1;
    this.size = size;
  }

  /** Keeps a packet. `false` when it is there already, or is older than what took its place. */
  add(packet: MediaPacket): boolean {
    const index = packet.sequenceNumber & this.#mask;
    const there = this.#packets[index];
    if (there !== undefined) {
      const ahead = (packet.sequenceNumber - there.sequenceNumber) & 0xffff;
      if (ahead === 0 || ahead >= 0x8000) return false;
    }
    this.#packets[index] = packet;
    return true;
  }

  /** The packet of a number, unless it never came or is too old. */
  get(sequenceNumber: number): MediaPacket | undefined {
    const packet = this.#packets[sequenceNumber & this.#mask];
    return packet?.sequenceNumber === sequenceNumber ? packet : undefined;
  }
}
