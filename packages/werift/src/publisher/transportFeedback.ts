import { type PacketArrival, writeFeedback } from './feedbackMessage.ts';

/** Time for which the arrival of a packet is remembered, because an earlier one may arrive late. Milliseconds. */
const memoryMs = 500;

/** Maximum number of packets in one message, so that it fits a datagram. */
const maxPackets = 400;

/**
 * Records the arrival times of a transport's packets (audio, video, retransmissions) and reports them to the sender, which adapts
 * its bitrate.
 *
 * @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 3.1
 */
export class TransportFeedback {
  readonly #arrivals = new Map<number, number>();
  /** The highest number so far, counted on where 16 bits end. */
  #highest = -1;
  /** The first sequence number of the next message. */
  #next = -1;
  #count = 0;

  /** Notes a packet, by its number of 16 bits. */
  received(sequenceNumber: number, atMs: number): void {
    const number = this.#unwrap(sequenceNumber);
    if (this.#arrivals.has(number) || number < this.#highest - maxPackets) return;
    this.#arrivals.set(number, atMs);
    // A jump means that the sender restarted its count, or an interruption without packets to report.
    if (this.#next === -1 || number - this.#highest > maxPackets) this.#next = number;
    this.#next = Math.min(this.#next, number);
    this.#highest = Math.max(this.#highest, number);
  }

  #unwrap(sequenceNumber: number): number {
    // One round ahead, so that the packet is older than the first one has no negative number.
    if (this.#highest === -1) return sequenceNumber + 0x1_0000;
    const ahead = (sequenceNumber - this.#highest) & 0xffff;
    return this.#highest + (ahead < 0x8000 ? ahead : ahead - 0x1_0000);
  }

  /** The messages about packets that arrived since the previous ones. */
  flush(senderSsrc: number, mediaSsrc: number, atMs: number): readonly Buffer[] {
    const messages: Buffer[] = [];
    while (this.#next !== -1 && this.#next <= this.#highest) {
      const packets: PacketArrival[] = [];
      for (let number = this.#next; number <= this.#highest && packets.length < maxPackets; number += 1)
        packets.push(this.#arrivals.get(number));
      const { bytes, told } = writeFeedback({ senderSsrc, mediaSsrc, first: this.#next, count: this.#count, packets });
      if (bytes !== undefined) {
        messages.push(bytes);
        this.#count = (this.#count + 1) & 0xff;
      }
      this.#next += told;
    }
    for (const [number, arrivedAtMs] of this.#arrivals)
      if (arrivedAtMs < atMs - memoryMs) this.#arrivals.delete(number);
    return messages;
  }
}
