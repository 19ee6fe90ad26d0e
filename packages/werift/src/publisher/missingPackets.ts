/** Default number of requests for a packet before it is abandoned. */
const defaultRequests = 10;

/** Delay before a packet is requested again: a round trip across a continent. Milliseconds. */
const retryMs = 100;

/** A longer gap is an interruption, which a key frame mends and hundreds of old packets do not. */
const maxGap = 256;

interface Wanted {
  requests: number;
  dueAtMs: number;
}

/** The packets of an SSRC that have not come though later ones have. */
export class MissingPackets {
  readonly #wanted = new Map<number, Wanted>();
  readonly #maxRequests: number;
  #highest = -1;
  #isBroken = false;

  /** @param maxRequests - Number of requests for a packet before it is abandoned. */
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

  /** The packets to request now. */
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

  /** True if packets were abandoned since the last call: what follows them cannot be decoded. */
  takeBroken(): boolean {
    const isBroken = this.#isBroken;
    this.#isBroken = false;
    return isBroken;
  }
}
