/** A random number in the lower half: a player that misses the first packets counts the same rollovers. @see RFC 3711 § 3.3.1 */
const randomStart = () => Math.floor(Math.random() * 0x8000);

/** The distance of one 16-bit number from another, which is negative if it is behind it. @see RFC 1982 § 3.2 */
const distance = (number: number, from: number) => ((number - from) << 16) >> 16;

/** Number of past packets whose numbers are remembered, for late packets. A power of two. */
const memory = 1024;

/**
 * Sequence numbers of one outgoing SSRC and of its retransmissions, for as long as its keys last.
 *
 * They have no gaps where a packet is left out, or where another encoding takes over. What the publisher loses leaves a gap, so that
 * both repair it.
 *
 * A number is never used for two different packets: they would be encrypted with the same nonce, from which AES-GCM does not
 * recover (RFC 7714 § 10.1), and a player would drop the second one as a replay. So numbers only move forward, over pauses and over
 * several forwarders too, and packets from before a pause are not sent after it.
 */
export class OutgoingNumbers {
  /** The highest number used or left free, not wrapped. */
  #highest: number;
  /** Number of packets of the encoding since the start or the last pause. */
  #span = 0;
  /** Offset from the encoding's sequence numbers to the outgoing ones; not wrapped. */
  #offset = 0;
  readonly #offsets = new Float64Array(memory);
  /** A note of the caller for each packet. */
  readonly #notes = new Int32Array(memory);
  /** The highest sequence number of the encoding; `undefined` at the start and after a pause. */
  #incoming: number | undefined;
  #retransmission = randomStart();

  constructor(start = randomStart()) {
    this.#highest = start;
  }

  /** Continues with another encoding, or after a pause, at the next packet: its outgoing number follows the highest one. */
  resume(): void {
    this.#incoming = undefined;
  }

  /** The number of the highest packet sent. */
  get highest(): number {
    return this.#highest & 0xffff;
  }

  /** True if a number of the encoding is higher than all earlier ones. */
  isNew(incoming: number): boolean {
    return this.#incoming === undefined || distance(incoming, this.#incoming) > 0;
  }

  /** Advances to a number of the encoding, and stores the note for the numbers skipped. */
  #advance(incoming: number, note: number): void {
    if (this.#incoming === undefined) {
      this.#span = 0;
      this.#offset = this.#highest + 1 - incoming;
      this.#incoming = incoming - 1;
    }
    const ahead = distance(incoming, this.#incoming);
    this.#span += ahead;
    for (let back = Math.min(ahead, memory) - 1; back >= 0; back -= 1) {
      this.#offsets[(incoming - back) & (memory - 1)] = this.#offset;
      this.#notes[(incoming - back) & (memory - 1)] = note;
    }
    // Where the 16 bits of the encoding end, the offset grows by as much.
    const before = this.#incoming & 0xffff;
    this.#offset += before + ahead - (incoming & 0xffff);
    this.#offsets[incoming & (memory - 1)] = this.#offset;
    this.#incoming = incoming & 0xffff;
  }

  /**
   * The outgoing number for a packet of the encoding; `undefined` if it is from before the start, or too late.
   *
   * @param note - Stored for it, and for the numbers skipped before it.
   */
  of(incoming: number, note = 0): number | undefined {
    if (this.isNew(incoming)) {
      this.#advance(incoming, note);
      this.#highest = incoming + this.#offset;
      return this.#highest & 0xffff;
    }
    // Packets that were not counted have no number: an invented one could be far ahead of all others.
    const late = ((this.#incoming ?? incoming) - incoming) & 0xffff;
    if (late >= Math.min(memory, this.#span)) return undefined;
    return (incoming + (this.#offsets[incoming & (memory - 1)] ?? 0)) & 0xffff;
  }

  /** Note stored for a number of the encoding. */
  noteOf(incoming: number): number {
    return this.#notes[incoming & (memory - 1)] ?? 0;
  }

  /** Leaves a packet out. One that is late has its number already. */
  drop(incoming: number, note = 0): void {
    if (!this.isNew(incoming)) return;
    this.#advance(incoming, note);
    this.#offset -= 1;
    this.#highest = incoming + this.#offset;
  }

  /** The number of the next retransmission, which is an SSRC of its own (RFC 4588). */
  nextRetransmission(): number {
    this.#retransmission = (this.#retransmission + 1) & 0xffff;
    return this.#retransmission;
  }
}
