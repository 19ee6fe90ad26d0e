const referenceMs = 64;
const wrap = 2 ** 24;

/** Follows the reference times of a player's reports, which start anywhere and wrap after twelve days. */
export class ArrivalClock {
  #reference: number | undefined;
  #elapsed = 0;

  /** Converts a reference time to milliseconds since the first one. A late report may precede the previous one. */
  atMs(reference: number): number {
    if (this.#reference !== undefined) {
      const ahead = (reference - this.#reference + wrap) % wrap;
      this.#elapsed += ahead < wrap / 2 ? ahead : ahead - wrap;
    }
    this.#reference = reference;
    return this.#elapsed * referenceMs;
  }
}
