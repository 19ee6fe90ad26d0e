/** Cost of each message that the server sends because of a client, and of each of its code units. */
const [sentCost, sentUnitCost] = [0.1, 1 / 16_384];

/**
 * Measures what the server sends because of a client's message, to the client itself and to others, such as each member of a
 * room. Without this cost, one client that keeps joining and leaving a large room would keep the server busy.
 */
export class Meter {
  #cost = 0;
  #isMeasuring = false;

  /** A message of so many code units is sent. */
  sent(length: number): void {
    this.#cost += sentCost + length * sentUnitCost;
  }

  /** Does something, and returns what it has caused to be sent. Within another measurement it returns 0: that one counts it. */
  measure(act: () => void): number {
    if (this.#isMeasuring) {
      act();
      return 0;
    }
    const before = this.#cost;
    this.#isMeasuring = true;
    try {
      act();
    } finally {
      this.#isMeasuring = false;
    }
    return this.#cost - before;
  }
}
