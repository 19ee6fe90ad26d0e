import { LossBasedRate } from './lossBasedRate.ts';
import { PacketGroups } from './packetGroups.ts';
import type { SentPacket } from './sentPackets.ts';
import { StandingQueue } from './standingQueue.ts';
import { type PathUsage, Trendline } from './trendline.ts';

/** Time a queue must grow for it to count as congestion, and the most that one report adds to that. Milliseconds. */
const congestedMs = 350;
const maxReportMs = 150;

/**
 * State of one path, as the reports of its player show it: its queue and its losses. Another path begins with a new one: delays
 * cannot be compared with those of the path before, and what was lost there says nothing of this one.
 */
export class PathState {
  readonly loss = new LossBasedRate();
  readonly #groups = new PacketGroups();
  readonly #trendline = new Trendline();
  readonly #queue = new StandingQueue();
  #usage: PathUsage = 'normal';
  /** Time the queue has grown by now. Milliseconds. */
  #overusedMs = 0;
  /** Share of packets lost according to receiver reports. */
  reportedLoss = 0;

  get usage(): PathUsage {
    return this.#usage;
  }

  /** True if the queue grows now. */
  get isOverused(): boolean {
    return this.#usage === 'overuse' || this.#usage === 'standing';
  }

  /** True if the queue has grown for a while, or is standing. A single burst of delay is not proof: the player may have been busy. */
  get isCongested(): boolean {
    return this.#usage === 'standing' || this.#overusedMs >= congestedMs;
  }

  /** Counts a packet that has arrived. */
  arrived({ sentAtMs }: SentPacket, arrivedAtMs: number): void {
    this.#queue.add(arrivedAtMs - sentAtMs, sentAtMs);
    const delta = this.#groups.add(sentAtMs, arrivedAtMs);
    if (delta !== undefined) this.#trendline.update(delta);
  }

  /** Judges the queue after a report, which came so much later than the one before. */
  judge(elapsedMs: number, atMs: number): void {
    const isGrowing = this.#trendline.usage === 'overuse';
    this.#overusedMs = isGrowing ? this.#overusedMs + Math.min(maxReportMs, elapsedMs) : 0;
    this.#usage = this.#queue.isStanding(atMs) ? 'standing' : this.#trendline.usage;
  }
}
