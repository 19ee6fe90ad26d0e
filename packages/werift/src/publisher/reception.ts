import { RtcpReceiverInfo } from 'werift';

/** Reception statistics of one SSRC, for receiver reports. @see RFC 3550 § 6.4.1, appendix A.3 and A.8 */
export class Reception {
  readonly #ssrc: number;
  readonly #clockRate: number;
  #first = -1;
  #highest = -1;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit = Number.NaN;
  #jitter = 0;
  #lastReport = 0;
  #lastReportAtMs = 0;

  constructor(ssrc: number, clockRate: number) {
    this.#ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /** Counts a packet, whether it is the first of its number or not. */
  count(sequenceNumber: number, timestamp: number, atMs: number): void {
    this.#received += 1;
    if (this.#highest === -1) {
      this.#first = sequenceNumber;
      this.#highest = sequenceNumber;
    } else {
      const ahead = (sequenceNumber - this.#highest) & 0xffff;
      if (ahead === 0 || ahead >= 0x8000) return;
      this.#highest += ahead;
    }
    const transit = (atMs * this.#clockRate) / 1000 - timestamp;
    const difference = Math.abs(transit - this.#transit);
    // A clock that jumps or wraps does not describe the network.
    if (difference < this.#clockRate) this.#jitter += (difference - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** Takes note of a sender report, from whose echo the sender computes the round trip. */
  heard(ntp: bigint, atMs: number): void {
    this.#lastReport = Number((ntp >> 16n) & 0xffff_ffffn);
    this.#lastReportAtMs = atMs;
  }

  /** Report on the time since the previous one, or `undefined` before any packet. */
  report(atMs: number): RtcpReceiverInfo | undefined {
    if (this.#highest === -1) return undefined;
    const expected = this.#highest - this.#first + 1;
    const expectedSince = expected - this.#expectedBefore;
    const lostSince = expectedSince - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return new RtcpReceiverInfo({
      ssrc: this.#ssrc,
      fractionLost: lostSince > 0 ? Math.min(255, Math.floor((lostSince * 256) / expectedSince)) : 0,
      packetsLost: Math.min(0x7f_ffff, Math.max(0, expected - this.#received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lsr: this.#lastReport,
      dlsr: this.#lastReport === 0 ? 0 : Math.floor(((atMs - this.#lastReportAtMs) * 65_536) / 1000),
    });
  }
}
