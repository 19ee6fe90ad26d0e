/** How often a packet is asked for before it is given up. */
const maxRequests = 10;

/** How long to wait for a packet before it is asked for again. Milliseconds. */
const retryMs = 60;

/** A gap longer than this is an interruption, which a key frame mends better than a thousand packets do. */
const maxGap = 256;

interface MissingPacket {
  requests: number;
  dueAtMs: number;
}

/** The packets of a source that have not come yet though later ones have. */
export class Missing {
  readonly #packets = new Map<number, MissingPacket>();
  #highest = -1;

  received(sequenceNumber: number): void {
    if (this.#highest === -1) {
      this.#highest = sequenceNumber;
      return;
    }
    const ahead = ((sequenceNumber - this.#highest) << 16) >> 16;
    if (ahead <= 0) {
      this.#packets.delete(sequenceNumber);
      return;
    }
    if (ahead > maxGap) this.#packets.clear();
    else
      for (let distance = 1; distance < ahead; distance += 1)
        this.#packets.set((this.#highest + distance) & 0xffff, { requests: 0, dueAtMs: 0 });
    this.#highest = sequenceNumber;
  }

  /** The packets to ask for now. */
  due(atMs: number): readonly number[] {
    if (this.#packets.size === 0) return [];
    const due: number[] = [];
    for (const [sequenceNumber, packet] of this.#packets) {
      if (packet.dueAtMs > atMs) continue;
      if (packet.requests === maxRequests) {
        this.#packets.delete(sequenceNumber);
        continue;
      }
      packet.requests += 1;
      packet.dueAtMs = atMs + retryMs;
      due.push(sequenceNumber);
    }
    return due;
  }
}
