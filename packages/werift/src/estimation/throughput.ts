/** The time over which it is measured. Milliseconds. */
const windowMs = 500;

/** The shortest time that says anything. Milliseconds. */
const minMs = 150;

/** The bitrate that arrives at a player, by the player's clock. */
export class Throughput {
  #arrivals: { readonly atMs: number; readonly bytes: number }[] = [];
  #bytes = 0;
  #firstAtMs: number | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  /** Adds a packet that arrived. */
  add(bytes: number, atMs: number): void {
    // A clock that jumps back starts again.
    if (atMs < this.#lastAtMs - 2 * windowMs) this.#reset();
    this.#firstAtMs ??= atMs;
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
    this.#arrivals.push({ atMs, bytes });
    this.#bytes += bytes;
    let gone = 0;
    for (const arrival of this.#arrivals) {
      if (arrival.atMs > this.#lastAtMs - windowMs) break;
      this.#bytes -= arrival.bytes;
      gone += 1;
    }
    if (gone > 0) this.#arrivals.splice(0, gone);
  }

  #reset(): void {
    this.#arrivals = [];
    this.#bytes = 0;
    this.#firstAtMs = undefined;
    this.#lastAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Bits per second, or `undefined` before there is enough to tell. */
  get bitrate(): number | undefined {
    if (this.#firstAtMs === undefined) return undefined;
    const elapsedMs = Math.min(windowMs, this.#lastAtMs - this.#firstAtMs);
    return elapsedMs < minMs ? undefined : (this.#bytes * 8000) / elapsedMs;
  }
}
