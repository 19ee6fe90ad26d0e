/** Number of times a packet is asked for before it is given up, by default. */
const defaultRequests = 10;

/** Time to wait for a packet before it is asked for again: a round trip across a continent. Milliseconds. */
const retryMs = 100;

/** A longer gap is an interruption, which a key frame mends and hundreds of old packets do not. */
const maxGap = 256;

interface Wanted {
  requests: number;
  dueAtMs: number;
}

/** The packets of a source that have not come though later ones have. */
export class MissingPackets {
  readonly #wanted = new Map<number, Wanted>();
  readonly #maxRequests: number;
  #highest = -1;
  #isBroken = false;

  /** @param maxRequests - How often a packet is asked for before it is given up. */
  constructor(maxRequests = defaultRequests) {
    this.#maxRequests = maxRequests;
  }

  /** Takes note of a packet, retransmitted or not. */
  received(sequenceNumber: number): void {
    const ahead = this.#highest === -1 ? 1 : (sequenceNumber - this.#highest) & 0xffff;
    if (ahead === 0 || ahead >= 0x8000) {
      this.#wanted.delete(sequenceNumber);
      return;
    }
    if (ahead > maxGap) {
      this.#wanted.clear();
      this.#isBroken = true;
    } else {
      for (let distance = 1; distance < ahead; distance += 1)
        this.#wanted.set((this.#highest + distance) & 0xffff, { requests: 0, dueAtMs: 0 });
    }
    this.#highest = sequenceNumber;
  }

  /** True if there are any. */
  get isEmpty(): boolean {
    return this.#wanted.size === 0;
  }

  /** The packets to ask for now. */
  due(atMs: number): readonly number[] {
    if (this.#wanted.size === 0) return [];
    const due: number[] = [];
    for (const [sequenceNumber, wanted] of this.#wanted) {
      if (wanted.dueAtMs > atMs) continue;
      if (wanted.requests === this.#maxRequests) {
        this.#wanted.delete(sequenceNumber);
        this.#isBroken = true;
        continue;
      }
      wanted.requests += 1;
      wanted.dueAtMs = atMs + retryMs;
      due.push(sequenceNumber);
    }
    return due;
  }

  /** True if packets were given up since the last time this was asked: what follows them cannot be decoded. */
  takeBroken(): boolean {
    const isBroken = this.#isBroken;
    this.#isBroken = false;
    return isBroken;
  }
}
