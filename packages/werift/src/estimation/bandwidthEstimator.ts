import { ArrivalClock } from './arrivalClock.ts';
import { DelayBasedRate } from './delayBasedRate.ts';
import type { FeedbackReport } from './feedbackReport.ts';
import { PathState } from './pathState.ts';
import { Probe } from './probe.ts';
import { SentPackets } from './sentPackets.ts';
import { Throughput } from './throughput.ts';

/** The bitrate that is assumed before a player has reported anything. Bits per second, as all bitrates. */
const initialBitrate = 600_000;

/** No path is taken for narrower than this, which is audio. */
const minBitrate = 30_000;

/** No path needs to be known to be wider than this. */
const maxBitrate = 100_000_000;

/** Time a limit that a player states holds after it was stated last. Milliseconds. */
const limitMs = 5_000;

/** The round trip that is assumed before one was measured, and the longest that is believed. Milliseconds. */
const initialRttMs = 100;
const maxRttMs = 2_000;

/**
 * Estimates the bandwidth of the path to one player, from its transport-wide congestion control feedback, or from REMB and
 * receiver reports.
 *
 * It has no clock: every method takes the time.
 *
 * @see draft-ietf-rmcat-gcc-02
 */
export class BandwidthEstimator {
  readonly #sent = new SentPackets();
  readonly #clock = new ArrivalClock();
  #path = new PathState();
  readonly #throughput = new Throughput();
  readonly #delay = new DelayBasedRate(initialBitrate, minBitrate);
  #limit = Number.POSITIVE_INFINITY;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #probe: Probe | undefined;
  #rttMs: number | undefined;
  #reportedAtMs: number | undefined;
  #reported = -1;
  /** True if the player reports on packets, or states limits. */
  isInformed = false;

  /** The estimate. */
  get bitrate(): number {
    const bitrate = Math.min(this.#delay.bitrate, this.#path.loss.bitrate, this.#limit, maxBitrate);
    return Math.max(minBitrate, Math.round(bitrate));
  }

  /** The bitrate that arrived lately, 0 when not known. */
  get throughput(): number {
    return Math.round(this.#throughput.bitrate ?? 0);
  }

  /** The shortest recent round trip. Milliseconds; 0 before it is known. */
  get rttMs(): number {
    return Math.round(this.#rttMs ?? 0);
  }

  /** The share of packets that were lost lately. */
  get loss(): number {
    return Math.max(this.#path.loss.loss, this.#path.reportedLoss);
  }

  /** True if the queue of the path grows now. */
  get isOverused(): boolean {
    return this.#path.isOverused;
  }

  /** True if the path is congested: its queue has grown for a while or is standing, or the excess is lost. */
  get isCongested(): boolean {
    return this.#path.isCongested || this.#path.loss.bitrate < this.#delay.bitrate;
  }

  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** Counts a packet that is sent now, and returns its transport sequence number. */
  sent(bytes: number, atMs: number): number {
    this.#probe?.sent(this.#sent.next, bytes);
    return this.#sent.add(bytes, atMs);
  }

  /** Processes a report on packets. Entries about packets that were never sent or already reported are ignored. */
  report({ reference, packets }: FeedbackReport, atMs: number): void {
    const base = this.#clock.atMs(reference);
    let [isNew, shortestMs] = [false, Number.POSITIVE_INFINITY];
    for (const { sequenceNumber, arrivedAtMs } of packets) {
      const packet = this.#sent.find(sequenceNumber);
      if (packet === undefined) continue;
      this.#sent.settle(packet);
      this.#path.loss.add(packet.bytes, packet.sentAtMs, arrivedAtMs === undefined);
      this.#reported = Math.max(this.#reported, packet.number);
      if (arrivedAtMs === undefined) continue;
      isNew = true;
      shortestMs = Math.min(shortestMs, atMs - packet.sentAtMs);
      this.#throughput.add(packet.bytes, base + arrivedAtMs);
      this.#probe?.arrived(packet, base + arrivedAtMs);
      this.#path.arrived(packet, base + arrivedAtMs);
    }
    if (!isNew) {
      this.#judge(atMs);
      return;
    }
    this.isInformed = true;
    this.#measured(shortestMs);
    this.#path.judge(atMs - (this.#reportedAtMs ?? atMs), atMs);
    this.#reportedAtMs = atMs;
    this.#delay.update(this.#path.usage, this.#throughput.bitrate, this.#rttMs ?? initialRttMs, atMs);
    this.#judge(atMs);
  }

  /** Starts over on another path, from the present estimate. Reports on packets of the path before are ignored. */
  moved(): void {
    this.#path = new PathState();
    this.#sent.forget();
    this.#probe = undefined;
  }

  #measured(rttMs: number): void {
    if (!(rttMs >= 0)) return;
    const believed = Math.min(maxRttMs, rttMs);
    this.#rttMs = this.#rttMs === undefined ? believed : 0.9 * this.#rttMs + 0.1 * believed;
  }

  #judge(atMs: number): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    probe.update(this.#reported, this.#sent.next, this.#path.loss.inherent, this.#rttMs ?? initialRttMs, atMs);
    if (this.isOverused) probe.abort();
    else this.#delay.raise(probe.carried);
    if (probe.isFinished) this.#probe = undefined;
  }

  /** Starts to probe a bitrate. Ignored while another probe runs. */
  probe(goal: number, atMs: number): void {
    if (this.#probe !== undefined || this.isOverused || goal <= this.bitrate) return;
    this.#probe = new Probe(Math.min(goal, maxBitrate), this.bitrate, this.#sent.next, atMs);
  }

  /** Amount of padding to send now. Bytes. */
  paddingDue(atMs: number): number {
    const due = this.#probe?.paddingDue(atMs) ?? 0;
    // A player that reports nothing any more would keep it waiting for ever.
    this.#judge(atMs);
    return due;
  }

  /** Takes in the limit that a player states (REMB). Ignored unless it is a bitrate. */
  limit(bitrate: number, atMs: number): void {
    if (!(bitrate > 0)) return;
    this.#limit = Math.max(minBitrate, bitrate);
    this.#limitedAtMs = atMs;
    // Without reports on packets, it is all that is known.
    if (!this.isInformed) this.#delay.raise(Math.min(bitrate, maxBitrate));
  }

  /** Takes in a receiver report, for a player that reports on no packets. */
  receiverReport(fractionLost: number, rttMs: number | undefined): void {
    if (this.isInformed) return;
    this.#path.reportedLoss = 0.7 * this.#path.reportedLoss + 0.3 * Math.min(1, Math.max(0, fractionLost));
    if (rttMs !== undefined) this.#measured(rttMs);
  }

  /** Forgets limits that are not stated any more. */
  tick(atMs: number): void {
    if (atMs - this.#limitedAtMs > limitMs) this.#limit = Number.POSITIVE_INFINITY;
  }
}
