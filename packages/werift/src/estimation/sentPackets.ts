/** Number of packets that are remembered until the player reports on them: seconds, even at several Mbit/s. A power of two. */
const capacity = 2048;

/** A packet that was sent and is reported on. */
export interface SentPacket {
  /** Counts on where the 16 bits of its transport sequence number end. */
  readonly number: number;
  readonly sentAtMs: number;
  readonly bytes: number;
}

/**
 * Packets sent over one transport, by transport-wide sequence number. Stored in typed arrays, because there is an entry for every
 * packet.
 */
export class SentPackets {
  readonly #sentAtMs = new Float64Array(capacity);
  /** 0 if nothing was sent, or after the report on it. */
  readonly #bytes = new Uint16Array(capacity);
  #next = 0;

  /** The number of the next packet. */
  get next(): number {
    return this.#next;
  }

  /** Remembers a packet and returns its transport sequence number, of 16 bits. */
  add(bytes: number, atMs: number): number {
    const number = this.#next;
    this.#next += 1;
    this.#sentAtMs[number % capacity] = atMs;
    this.#bytes[number % capacity] = Math.max(1, bytes);
    return number & 0xffff;
  }

  /** The packet of a transport sequence number, or `undefined` when it was never sent or is too long ago. */
  #numberOf(sequenceNumber: number): number | undefined {
    const number = this.#next - 1 - ((this.#next - 1 - sequenceNumber) & 0xffff);
    return number < 0 || number < this.#next - capacity ? undefined : number;
  }

  /** Looks at a packet without reporting on it; `undefined` when it is unknown or was reported on before. */
  find(sequenceNumber: number): SentPacket | undefined {
    const number = this.#numberOf(sequenceNumber);
    const bytes = number === undefined ? 0 : (this.#bytes[number % capacity] ?? 0);
    if (number === undefined || bytes === 0) return undefined;
    return { number, sentAtMs: this.#sentAtMs[number % capacity] ?? 0, bytes };
  }

  /** Forgets all packets, so that reports on them find nothing. Numbers go on. */
  forget(): void {
    this.#bytes.fill(0);
  }

  /** Marks a packet as reported on, so that a repeated report finds nothing. */
  settle({ number }: SentPacket): void {
    this.#bytes[number % capacity] = 0;
  }
}
