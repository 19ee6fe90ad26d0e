const referenceMs = 64;
const wrap = 2 ** 24;

/** Follows the reference times of a player's reports, which start anywhere and wrap after twelve days. */
export class ArrivalClock {
  #reference: number | undefined;
  #elapsed = 0;

  /** When a reference was, in milliseconds since the first one. A report that comes late is before the one before it. */
  atMs(reference: number): number {
    if (this.#reference !== undefined) {
      const ahead = (reference - this.#reference + wrap) % wrap;
      this.#elapsed += ahead < wrap / 2 ? ahead : ahead - wrap;
    }
    this.#reference = reference;
    return this.#elapsed * referenceMs;
  }
}
