import type { MediaPacket } from '../source/encoding.ts';

/** A packet that was sent, and how. */
export interface SentMedia {
  readonly packet: MediaPacket;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Offset added to its picture id and its TL0PICIDX. */
  readonly pictureIds: number;
  readonly baseIndexes: number;
  /** The dependency descriptor that it was sent with. */
  readonly descriptor: Buffer | undefined;
}

/** The last packets that one player was sent of one track, by their numbers there, to send again what was lost. */
export class SentMediaHistory {
  readonly size: number;
  readonly #packets: (MediaPacket | undefined)[];
  readonly #descriptors: (Buffer | undefined)[];
  readonly #numbers: Int32Array;
  readonly #timestamps: Uint32Array;
  readonly #markers: Uint8Array;
  readonly #pictureIds: Int32Array;
  readonly #baseIndexes: Int32Array;
  readonly #repeatedAtMs: Float64Array;
  readonly #mask: number;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.size = size;
    this.#mask = size - 1;
    this.#packets = new Array<MediaPacket | undefined>(size).fill(undefined);
    this.#descriptors = new Array<Buffer | undefined>(size).fill(undefined);
    this.#numbers = new Int32Array(size).fill(-1);
    this.#timestamps = new Uint32Array(size);
    this.#markers = new Uint8Array(size);
    this.#pictureIds = new Int32Array(size);
    this.#baseIndexes = new Int32Array(size);
    this.#repeatedAtMs = new Float64Array(size);
  }

  /** Keeps a packet. `false` when one of its number was sent already: another must not be encrypted under it. */
  add(
    number: number,
    packet: MediaPacket,
    timestamp: number,
    marker: boolean,
    pictureIds: number,
    baseIndexes: number,
    descriptor: Buffer | undefined,
  ): boolean {
    const index = number & this.#mask;
    if (this.#numbers[index] === number) return false;
    this.#packets[index] = packet;
    this.#descriptors[index] = descriptor;
    this.#numbers[index] = number;
    this.#timestamps[index] = timestamp;
    this.#markers[index] = marker ? 1 : 0;
    this.#pictureIds[index] = pictureIds;
    this.#baseIndexes[index] = baseIndexes;
    this.#repeatedAtMs[index] = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** Notes that a packet is sent again. `false` if that was done less than `intervalMs` ago: it may be on its way. */
  repeat(number: number, atMs: number, intervalMs: number): boolean {
    const index = number & this.#mask;
    if (atMs - (this.#repeatedAtMs[index] ?? 0) < intervalMs) return false;
    this.#repeatedAtMs[index] = atMs;
    return true;
  }

  get(number: number): SentMedia | undefined {
    const index = number & this.#mask;
    const packet = this.#numbers[index] === number ? this.#packets[index] : undefined;
    if (packet === undefined) return undefined;
    return {
      packet,
      timestamp: this.#timestamps[index] ?? 0,
      marker: this.#markers[index] === 1,
      pictureIds: this.#pictureIds[index] ?? 0,
      baseIndexes: this.#baseIndexes[index] ?? 0,
      descriptor: this.#descriptors[index],
    };
  }

  /** Forgets the packets, but not their numbers. */
  clear(): void {
    this.#packets.fill(undefined);
    this.#descriptors.fill(undefined);
  }
}
