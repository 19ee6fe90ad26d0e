import type { RtpHeader } from 'werift';
import { BandwidthEstimator } from '../estimation/bandwidthEstimator.ts';
import { readFeedback } from '../estimation/feedbackReport.ts';
import { Pacer } from '../estimation/pacer.ts';
import { readReceiverLimit } from '../estimation/receiverLimit.ts';
import type { Schedule, ScheduledTask } from '../schedule.ts';
import type { Transport } from '../transport/transport.ts';
import type { OutgoingHeader } from './outgoingHeader.ts';

/** Overhead of a packet on the wire: SRTP tag, UDP and IP headers. Bytes. */
const wrappingBytes = 44;

/** Interval at which queued packets and padding are sent, while there are any. Milliseconds. */
const tickMs = 5;

/** Time for which a path counts as congested. Milliseconds. */
const congestedMs = 3_000;

/** A path that was never congested may be sent this much at once: the estimate says only what was tried. Bits per second. */
const untriedBitrate = 4_000_000;

/** Time for which a path is paced by the estimate after congestion. Milliseconds. */
const pacedMs = 30_000;

/** Entry of a player's receiver report about one stream. */
export interface ReportedReception {
  /** Packets that were lost since its last report. */
  readonly lost: number;
  /** The share of packets that were lost lately. */
  readonly fractionLost: number;
  /** `undefined` when not known. */
  readonly rttMs: number | undefined;
}

/** Sends padding of about some bytes, and returns how many it sent; 0 when it cannot. */
type SendPadding = (bytes: number, atMs: number) => number;

/** The path to one player: what is sent on it is counted, stamped and paced, and what it carries is estimated. */
export class PlayerPath {
  readonly estimator = new BandwidthEstimator();
  readonly #transport: Transport;
  readonly #pacer: Pacer;
  readonly #sendPadding: SendPadding;
  readonly #congested: () => void;
  #congestedAtMs = Number.NEGATIVE_INFINITY;
  readonly #schedule: Schedule;
  #task: ScheduledTask | undefined;
  #isLimitStated = false;

  /** @param congested - Called when the path turns out to be narrower than it was taken for. */
  constructor(transport: Transport, schedule: Schedule, sendPadding: SendPadding, congested: () => void) {
    this.#transport = transport;
    this.#schedule = schedule;
    this.#sendPadding = sendPadding;
    this.#congested = congested;
    this.#pacer = new Pacer((atMs) => this.#pacedBitrate(atMs));
  }

  /** True if the path was recently congested. A limit stated by the player always counts as congestion. */
  isCongested(atMs: number): boolean {
    return atMs - this.#congestedAtMs < congestedMs || (this.#isLimitStated && !this.estimator.isInformed);
  }

  #pacedBitrate(atMs: number): number {
    const { bitrate } = this.estimator;
    return atMs - this.#congestedAtMs < pacedMs ? bitrate : Math.max(bitrate, untriedBitrate);
  }

  /** Sends a packet now. Its header is changed. */
  send(payload: Buffer, header: OutgoingHeader, atMs: number): void {
    const bytes = payload.length + header.serializeSize + wrappingBytes;
    header.stamp(this.estimator.sent(bytes, atMs), atMs);
    this.#transport.sendRtp(payload, header as RtpHeader);
  }

  /** Counts a packet that is sent whatever the path carries. */
  spend(payloadBytes: number): void {
    this.#pacer.spend(payloadBytes + wrappingBytes);
  }

  /** Counts a packet that may be sent now; `false` when the path would be flooded, so that it has to {@link wait}. */
  take(payloadBytes: number, atMs: number): boolean {
    return this.#pacer.take(payloadBytes + wrappingBytes, atMs);
  }

  /** Queues a packet, which is sent when it is its turn. */
  wait(owner: object, payloadBytes: number, send: (atMs: number) => void): void {
    this.#pacer.wait(owner, payloadBytes + wrappingBytes, () => send(performance.now()));
    this.#run();
  }

  /** Drops what waits of one owner. */
  drop(owner: object): void {
    this.#pacer.drop(owner);
  }

  #run(): void {
    this.#task ??= this.#schedule.after(tickMs, (nowMs) => this.#tick(nowMs));
  }

  #tick(atMs: number): void {
    this.#task = undefined;
    this.#pacer.drain(atMs);
    for (let due = this.estimator.paddingDue(atMs); due > 0; ) {
      const sent = this.#sendPadding(due, atMs);
      due -= sent;
      if (sent === 0) break;
    }
    if (this.#pacer.isWaiting || this.estimator.isProbing) this.#run();
  }

  /** Counts a retransmission. */
  retransmitted(): void {
    this.#transport.traffic.retransmitted();
  }

  /** Takes in what a player says that reports on no packets: see {@link BandwidthEstimator.receiverReport}. */
  hearReception({ lost, fractionLost, rttMs }: ReportedReception): void {
    this.#transport.traffic.lost(lost);
    this.estimator.receiverReport(fractionLost, rttMs);
  }

  /** Starts to probe a bitrate. */
  probe(bitrate: number): void {
    this.estimator.probe(bitrate, performance.now());
    if (this.estimator.isProbing) this.#run();
  }

  /** Takes in an RTCP packet if it is about what the path carries. */
  hear(rtcp: Buffer, atMs: number): boolean {
    const report = readFeedback(rtcp);
    const limit = report === undefined ? readReceiverLimit(rtcp) : undefined;
    if (report === undefined && limit === undefined) return false;
    const before = this.estimator.bitrate;
    if (report !== undefined) this.estimator.report(report, atMs);
    if (limit !== undefined) {
      this.#isLimitStated = true;
      this.estimator.limit(limit, atMs);
    }
    if (this.estimator.isCongested) this.#congestedAtMs = atMs;
    if (this.estimator.bitrate < before) this.#congested();
    return true;
  }

  /** Ends it: nothing waits any more. */
  close(): void {
    this.#task?.cancel();
    this.#task = undefined;
  }
}
