/** Numbers in one word of the window. */
const wordBits = 32;

/**
 * Remembers which of the latest numbers were received, to reject replays. Numbers do not wrap, and may jump ahead without a
 * limit.
 *
 * @see RFC 3711 § 3.3.2, RFC 6347 § 4.1.2.6 and RFC 4303 appendix A2
 */
export class ReplayWindow {
  readonly #words: Uint32Array;
  readonly #size: number;
  #highest = -1;

  /** @param size - How many numbers are remembered, a multiple of 32. What is older counts as received. */
  constructor(size: number) {
    this.#words = new Uint32Array(size / wordBits);
    this.#size = size;
  }

  /** True if a number was received, or is too old to know. */
  has(number: number): boolean {
    if (number > this.#highest) return false;
    return number <= this.#highest - this.#size || (this.#word(number) & this.#bit(number)) !== 0;
  }

  /** Remembers a number. Call it only once the packet is known to be authentic. */
  add(number: number): void {
    if (number > this.#highest) {
      const first = Math.max(this.#highest + 1, number - this.#size + 1);
      for (let skipped = first; skipped < number; skipped += 1) this.#set(skipped, false);
      this.#highest = number;
    } else if (number <= this.#highest - this.#size) return;
    this.#set(number, true);
  }

  #indexOf(number: number): number {
    return Math.floor((number % this.#size) / wordBits);
  }

  #word(number: number): number {
    return this.#words[this.#indexOf(number)] ?? 0;
  }

  #bit(number: number): number {
    return 1 << (number % wordBits);
  }

  #set(number: number, received: boolean): void {
    const bit = this.#bit(number);
    this.#words[this.#indexOf(number)] = received ? this.#word(number) | bit : this.#word(number) & ~bit;
  }
}
