/** What each message that the server sends costs the client that caused it, and each code unit of it. */
const [sentCost, sentUnitCost] = [0.1, 1 / 16_384];

/**
 * Measures what a client's message makes the server send, to the client itself and to everybody else: a room tells each of its members.
 * Without that cost one client that joins and leaves a large room keeps the server busy for all.
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
