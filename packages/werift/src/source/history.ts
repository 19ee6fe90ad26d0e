import type { FrameDependency } from './dependencyDescriptor.ts';
import type { Encoding } from './encoding.ts';
import type { PacketLayer } from './packetLayer.ts';

/** One RTP packet of an encoding, by the count and the clock of the encoding. */
export interface MediaPacket {
  readonly encoding: Encoding;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  readonly layer: PacketLayer;
  /** Its dependency descriptor; `undefined` without one that can be read. */
  readonly dependency?: FrameDependency | undefined;
  /** Arrival time, by the monotonic clock. */
  readonly atMs: number;
}

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
