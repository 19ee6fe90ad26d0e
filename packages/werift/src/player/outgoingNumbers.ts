/** A random number in the lower half: a player that misses the first packets counts the same rollovers. @see RFC 3711 § 3.3.1 */
const randomStart = () => Math.floor(Math.random() * 0x8000);

/** The distance of one 16-bit number from another, which is negative if it is behind it. @see RFC 1982 § 3.2 */
const distance = (number: number, from: number) => ((number - from) << 16) >> 16;

/**
 * Sequence numbers of one outgoing source and of its retransmissions, for as long as its keys last.
 *
 * A number is never used for two different packets: they would be encrypted with the same nonce, from which AES-GCM does not
 * recover (RFC 7714 § 10.1), and a player would drop the second one as a replay. So numbers only move forward, over pauses and over
 * several forwarders too, and packets from before a pause are not sent after it.
 */
export class OutgoingNumbers {
  /** The highest number used, not wrapped. */
  #highest = randomStart();
  /** The first number since the last pause, not wrapped. */
  #first = this.#highest + 1;
  /** What to add to a number of the track. */
  #offset: number | undefined;
  #retransmission = randomStart();

  /** Leaves no gap for the packets of a pause that ends now. */
  resume(): void {
    this.#offset = undefined;
  }

  /** The number of the highest packet sent. */
  get highest(): number {
    return this.#highest & 0xffff;
  }

  /** The number to send a packet of the track under, `undefined` for one from before the last pause. */
  of(sequenceNumber: number): number | undefined {
    if (this.#offset === undefined) {
      this.#first = this.#highest + 1;
      this.#offset = this.#first - sequenceNumber;
    }
    const number = this.#unwrap(sequenceNumber + this.#offset);
    if (number < this.#first) return undefined;
    this.#highest = Math.max(this.#highest, number);
    return number & 0xffff;
  }

  /** The track's number of a packet that was sent since the last pause, `undefined` for any other. */
  trackNumberOf(sequenceNumber: number): number | undefined {
    if (this.#offset === undefined) return undefined;
    const number = this.#unwrap(sequenceNumber);
    return number < this.#first || number > this.#highest ? undefined : (number - this.#offset) & 0xffff;
  }

  /** The number of the next retransmission, which is a source of its own (RFC 4588). */
  nextRetransmission(): number {
    this.#retransmission = (this.#retransmission + 1) & 0xffff;
    return this.#retransmission;
  }

  #unwrap(number: number): number {
    return this.#highest + distance(number, this.#highest);
  }
}
