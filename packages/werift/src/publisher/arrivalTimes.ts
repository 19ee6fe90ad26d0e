/** Ticks of a millisecond, and where 24 bits of them end. @see http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time */
const ticksPerMs = 2 ** 18 / 1000;
const tickRange = 2 ** 24;

/**
 * Estimates when a packet arrived, which is earlier than it was read if the process was busy.
 *
 * Without this correction, the handshake of a player looks to the publisher like a queue in the network. During the initial
 * probes, it costs the publisher most of its bitrate. So a packet that may have waited is assumed to have had the same transit
 * time as the last one that did not.
 */
export class ArrivalTimes {
  #ticks = 0;
  #last: number | undefined;
  /** From sending to arrival, by two clocks that have nothing to do with each other. Milliseconds. */
  #transitMs: number | undefined;

  /**
   * Arrival time of a packet read now. `sendTime` is the value of its header extension, if any; `waitingSince` is the time since
   * which it may have waited, if it may.
   */
  of(sendTime: number | undefined, atMs: number, waitingSince: number | undefined): number {
    if (sendTime === undefined) return atMs;
    const sentMs = this.#unwrap(sendTime) / ticksPerMs;
    const longestMs = atMs - sentMs;
    if (waitingSince !== undefined && this.#transitMs !== undefined) {
      // However long it waited, it has not travelled longer than until now.
      this.#transitMs = Math.min(this.#transitMs, longestMs);
      return Math.min(atMs, Math.max(waitingSince, sentMs + this.#transitMs));
    }
    this.#transitMs = longestMs;
    return atMs;
  }

  #unwrap(sendTime: number): number {
    const ahead = (sendTime - (this.#last ?? sendTime) + tickRange) % tickRange;
    this.#last = sendTime;
    this.#ticks += ahead < tickRange / 2 ? ahead : ahead - tickRange;
    return this.#ticks;
  }
}
