/** Number of packets of a track that are remembered, for input and output: some seconds at usual bitrates. */
export const historySize = { audio: 256, video: 1024 } as const;

/** The numbers of the last packets of an encoding, so that each is forwarded once. */
export class PacketHistory {
  readonly #numbers: Int32Array;
  readonly #mask: number;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.#numbers = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
  }

  /** Notes a packet. `false` when it was noted already, or is older than what took its place. */
  add(sequenceNumber: number): boolean {
    const index = sequenceNumber & this.#mask;
    const there = this.#numbers[index] ?? -1;
    if (there >= 0) {
      const ahead = (sequenceNumber - there) & 0xffff;
      if (ahead === 0 || ahead >= 0x8000) return false;
    }
    this.#numbers[index] = sequenceNumber;
    return true;
  }
}
