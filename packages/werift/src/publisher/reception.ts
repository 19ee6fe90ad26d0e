import { RtcpReceiverInfo } from 'werift';

/** What came in of one source, for the receiver reports to who sends it. @see RFC 3550 § 6.4.1, appendix A.3 and A.8 */
export class Reception {
  readonly ssrc: number;
  readonly #clockRate: number;
  #base = -1;
  #highest = -1;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit = Number.NaN;
  #jitter = 0;
  #lastReport = 0;
  #lastReportAtMs = 0;

  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /** Counts a packet. `atMs` is when it came, by the monotonic clock. */
  count(sequenceNumber: number, timestamp: number, atMs: number): void {
    this.#received += 1;
    if (this.#highest === -1) {
      this.#base = sequenceNumber;
      this.#highest = sequenceNumber;
    } else {
      const ahead = (sequenceNumber - this.#highest) << 16;
      if (ahead > 0) this.#highest += ahead >>> 16;
      else return;
    }
    const transit = (atMs * this.#clockRate) / 1000 - timestamp;
    const difference = Math.abs(transit - this.#transit);
    // A clock that jumps, or wraps, says nothing about the network.
    if (difference < this.#clockRate) this.#jitter += (difference - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** Takes note of a sender report, from which the sender computes the round trip. */
  heard(ntp: bigint, atMs: number): void {
    this.#lastReport = Number((ntp >> 16n) & 0xffff_ffffn);
    this.#lastReportAtMs = atMs;
  }

  /** The report block since the last one, or `undefined` before anything came. */
  report(atMs: number): RtcpReceiverInfo | undefined {
    if (this.#highest === -1) return undefined;
    const expected = this.#highest - this.#base + 1;
    const expectedSince = expected - this.#expectedBefore;
    const lostSince = expectedSince - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return new RtcpReceiverInfo({
      ssrc: this.ssrc,
      fractionLost:
        expectedSince > 0 && lostSince > 0 ? Math.min(255, Math.floor((lostSince * 256) / expectedSince)) : 0,
      packetsLost: Math.min(0x7f_ffff, Math.max(0, expected - this.#received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lsr: this.#lastReport,
      dlsr: this.#lastReport === 0 ? 0 : Math.floor(((atMs - this.#lastReportAtMs) * 65_536) / 1000) >>> 0,
    });
  }
}
