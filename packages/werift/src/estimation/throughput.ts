/** The time over which it is measured, in slots. Milliseconds. */
const slotMs = 50;
const slots = 10;

/** The shortest time that says anything. Milliseconds. */
const minMs = 150;

/** The bitrate that arrives at a player, by the player's clock. */
export class Throughput {
  readonly #bytes = new Float64Array(slots);
  #sum = 0;
  /** The last slot with an arrival, counted from the start of the player's clock. */
  #slot = 0;
  #firstAtMs: number | undefined;
  #lastAtMs = 0;

  /** Adds a packet that arrived. */
  add(bytes: number, atMs: number): void {
    const slot = Math.floor(atMs / slotMs);
    // A clock that jumps starts again.
    if (this.#firstAtMs === undefined || Math.abs(slot - this.#slot) > slots) this.#begin(slot, atMs);
    while (this.#slot < slot) {
      this.#slot += 1;
      const index = this.#index(this.#slot);
      this.#sum -= this.#bytes[index] ?? 0;
      this.#bytes[index] = 0;
    }
    const index = this.#index(slot);
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
    this.#sum += bytes;
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
  }

  #index(slot: number): number {
    return ((slot % slots) + slots) % slots;
  }

  #begin(slot: number, atMs: number): void {
    this.#bytes.fill(0);
    this.#sum = 0;
    this.#slot = slot;
    this.#firstAtMs = atMs;
    this.#lastAtMs = atMs;
  }

  /** Bits per second, or `undefined` without enough data. */
  get bitrate(): number | undefined {
    if (this.#firstAtMs === undefined) return undefined;
    const windowMs = this.#lastAtMs - (this.#slot - slots + 1) * slotMs;
    const elapsedMs = Math.min(windowMs, this.#lastAtMs - this.#firstAtMs);
    return elapsedMs < minMs ? undefined : (this.#sum * 8000) / elapsedMs;
  }
}
