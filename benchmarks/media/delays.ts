import type { Peer } from './peer.ts';

/** Number of the last packets whose time of sending is known. */
const historySize = 4_096;

/** The delay of each packet from one publisher to players in the same process. */
export class Delays {
  readonly #sentAtMs = new Float64Array(historySize);
  #values: number[] = [];
  #sorted: Float64Array | undefined;

  /** Has a publisher send packets of video, and notes when each is sent. Returns what ends it. */
  send(publisher: Peer): () => void {
    publisher.onSend = () => {
      this.#sentAtMs[publisher.sent % historySize] = performance.now();
    };
    publisher.start();
    return () => publisher.stop();
  }

  /** Measures the packets of a player. Only the first is decrypted: a server counts on from its number. */
  measure(player: Peer): void {
    let offset: number | undefined;
    player.onPacket = (datagram) => {
      const sequenceNumber = datagram.readUInt16BE(2);
      offset ??= player.numberOf(datagram) - sequenceNumber;
      const number = (sequenceNumber + offset) & 0xffff;
      this.#values.push(performance.now() - (this.#sentAtMs[number % historySize] ?? 0));
      this.#sorted = undefined;
    };
  }

  /** Forgets the delays so far. */
  reset(): void {
    this.#values = [];
    this.#sorted = undefined;
  }

  /** Number of packets that were measured. */
  get count(): number {
    return this.#values.length;
  }

  /** The share of packets that came within a time. */
  shareWithin(ms: number): number {
    return this.#values.filter((value) => value <= ms).length / this.count;
  }

  /** The time within which a share of the packets came. Milliseconds. */
  quantile(share: number): number {
    this.#sorted ??= Float64Array.from(this.#values).sort();
    return this.#sorted[Math.min(this.count - 1, Math.floor(share * this.count))] ?? Number.NaN;
  }
}
