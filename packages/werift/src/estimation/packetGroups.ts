/** Packets sent within this time travel as one. Milliseconds. */
const burstMs = 5;

/** A group that keeps growing since its packets arrive in a burst is closed after this time. Milliseconds. */
const maxBurstMs = 100;

/** A player's clock that jumps by more than this starts the grouping again. Milliseconds. */
const maxJumpMs = 3_000;

interface Group {
  firstSentMs: number;
  lastSentMs: number;
  firstArrivalMs: number;
  lastArrivalMs: number;
}

/** Differences of send and arrival times between two successive groups of packets. Milliseconds. */
export interface GroupDelta {
  readonly sentMs: number;
  readonly arrivedMs: number;
  /** Time the later group arrived. */
  readonly atMs: number;
}

/**
 * Divides packets into groups, because a sender sends the packets of one picture together and their delays against each other
 * say nothing of the path.
 *
 * @see draft-ietf-rmcat-gcc-02 § 5.2
 */
export class PacketGroups {
  #current: Group | undefined;
  #previous: Group | undefined;

  /** Adds a packet, in send order. Returns the difference of two groups when a third group starts. */
  add(sentMs: number, arrivedMs: number): GroupDelta | undefined {
    const current = this.#current;
    if (current === undefined) {
      this.#begin(sentMs, arrivedMs);
      return undefined;
    }
    // A packet from before the group was reordered on its way.
    if (sentMs < current.firstSentMs) return undefined;
    if (Math.abs(arrivedMs - current.lastArrivalMs) > maxJumpMs) {
      this.#previous = undefined;
      this.#begin(sentMs, arrivedMs);
      return undefined;
    }
    if (this.#belongs(current, sentMs, arrivedMs)) {
      current.lastSentMs = Math.max(current.lastSentMs, sentMs);
      current.lastArrivalMs = Math.max(current.lastArrivalMs, arrivedMs);
      return undefined;
    }
    const previous = this.#previous;
    this.#previous = current;
    this.#begin(sentMs, arrivedMs);
    if (previous === undefined) return undefined;
    return {
      sentMs: current.lastSentMs - previous.lastSentMs,
      arrivedMs: current.lastArrivalMs - previous.lastArrivalMs,
      atMs: current.lastArrivalMs,
    };
  }

  #begin(sentMs: number, arrivedMs: number): void {
    this.#current = { firstSentMs: sentMs, lastSentMs: sentMs, firstArrivalMs: arrivedMs, lastArrivalMs: arrivedMs };
  }

  #belongs(group: Group, sentMs: number, arrivedMs: number): boolean {
    if (sentMs - group.firstSentMs <= burstMs) return true;
    // Packets that were queued together arrive together.
    const sinceMs = arrivedMs - group.lastArrivalMs;
    return sinceMs <= burstMs && sinceMs < sentMs - group.lastSentMs && arrivedMs - group.firstArrivalMs < maxBurstMs;
  }
}
