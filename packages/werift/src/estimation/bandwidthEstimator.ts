import { ArrivalClock } from './arrivalClock.ts';
import { DelayBasedRate } from './delayBasedRate.ts';
import type { FeedbackReport } from './feedbackReport.ts';
import { LossBasedRate } from './lossBasedRate.ts';
import { PacketGroups } from './packetGroups.ts';
import { Probe } from './probe.ts';
import { SentPackets } from './sentPackets.ts';
import { StandingQueue } from './standingQueue.ts';
import { Throughput } from './throughput.ts';
import { type PathUsage, Trendline } from './trendline.ts';

/** The bitrate that is assumed before a player has reported anything. Bits per second, as all bitrates. */
const initialBitrate = 600_000;

/** No path is taken for narrower than this, which is audio. */
const minBitrate = 30_000;

/** No path needs to be known to be wider than this. */
const maxBitrate = 100_000_000;

/** Time a limit that a player states holds after it was stated last. Milliseconds. */
const limitMs = 5_000;

/** Time a queue must grow for it to count as congestion, and the most that one report adds to that. Milliseconds. */
const congestedMs = 350;
const maxReportMs = 150;

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
  #groups = new PacketGroups();
  #trendline = new Trendline();
  #queue = new StandingQueue();
  readonly #throughput = new Throughput();
  readonly #delay = new DelayBasedRate(initialBitrate, minBitrate);
  #loss = new LossBasedRate();
  #limit = Number.POSITIVE_INFINITY;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #probe: Probe | undefined;
  #rttMs: number | undefined;
  #usage: PathUsage = 'normal';
  /** Time the queue has grown by now. */
  #overusedMs = 0;
  #reportedAtMs: number | undefined;
  #reported = -1;
  #reportLoss = 0;
  /** True if the player reports on packets, or states limits. */
  isInformed = false;

  /** The estimate. */
  get bitrate(): number {
    const bitrate = Math.min(this.#delay.bitrate, this.#loss.bitrate, this.#limit, maxBitrate);
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
    return Math.max(this.#loss.loss, this.#reportLoss);
  }

  /** True if the queue of the path grows now. */
  get isOverused(): boolean {
    return this.#usage === 'overuse' || this.#usage === 'standing';
  }

  /**
   * True if the path is congested: its queue has grown for a while or is standing, or the excess is lost. A single burst of delay
   * is not proof: the player may have been busy.
   */
  get isCongested(): boolean {
    return this.#usage === 'standing' || this.#overusedMs >= congestedMs || this.#loss.bitrate < this.#delay.bitrate;
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
      this.#loss.add(packet.bytes, packet.sentAtMs, arrivedAtMs === undefined);
      this.#reported = Math.max(this.#reported, packet.number);
      if (arrivedAtMs === undefined) continue;
      isNew = true;
      shortestMs = Math.min(shortestMs, atMs - packet.sentAtMs);
      this.#arrived(packet, base + arrivedAtMs);
    }
    if (!isNew) {
      this.#judge(atMs);
      return;
    }
    this.isInformed = true;
    this.#measured(shortestMs);
    const elapsedMs = Math.min(maxReportMs, atMs - (this.#reportedAtMs ?? atMs));
    this.#reportedAtMs = atMs;
    this.#overusedMs = this.#trendline.usage === 'overuse' ? this.#overusedMs + elapsedMs : 0;
    this.#usage = this.#queue.isStanding(atMs) ? 'standing' : this.#trendline.usage;
    this.#delay.update(this.#usage, this.#throughput.bitrate, this.#rttMs ?? initialRttMs, atMs);
    this.#judge(atMs);
  }

  /**
   * Starts over on another path, from the present estimate: delays cannot be compared with those of the path before, and what was
   * lost there says nothing of this one.
   */
  moved(): void {
    this.#sent.forget();
    this.#groups = new PacketGroups();
    this.#trendline = new Trendline();
    this.#queue = new StandingQueue();
    this.#loss = new LossBasedRate();
    this.#probe = undefined;
    this.#usage = 'normal';
    this.#overusedMs = 0;
    this.#reportLoss = 0;
  }

  #arrived(packet: ReturnType<SentPackets['find']> & object, arrivedAtMs: number): void {
    this.#throughput.add(packet.bytes, arrivedAtMs);
    this.#probe?.arrived(packet, arrivedAtMs);
    this.#queue.add(arrivedAtMs - packet.sentAtMs, packet.sentAtMs);
    const delta = this.#groups.add(packet.sentAtMs, arrivedAtMs);
    if (delta !== undefined) this.#trendline.update(delta);
  }

  #measured(rttMs: number): void {
    if (!(rttMs >= 0)) return;
    const believed = Math.min(maxRttMs, rttMs);
    this.#rttMs = this.#rttMs === undefined ? believed : 0.9 * this.#rttMs + 0.1 * believed;
  }

  #judge(atMs: number): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    probe.update(this.#reported, this.#sent.next, this.#loss.inherent, this.#rttMs ?? initialRttMs, atMs);
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
    this.#reportLoss = 0.7 * this.#reportLoss + 0.3 * Math.min(1, Math.max(0, fractionLost));
    if (rttMs !== undefined) this.#measured(rttMs);
  }

  /** Forgets limits that are not stated any more. */
  tick(atMs: number): void {
    if (atMs - this.#limitedAtMs > limitMs) this.#limit = Number.POSITIVE_INFINITY;
  }
}
