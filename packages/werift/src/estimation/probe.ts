import type { SentPacket } from './sentPackets.ts';

/** Time one rate is tried. A token bucket on the path lets shorter bursts through at any rate. Milliseconds. */
const stageMs = 200;

/** Time the report on a stage may take, beside the round trip. Milliseconds. */
const reportMs = 600;

/** Bitrate of each stage relative to the rate proved by the previous one: it can build a queue of at most a third of the stage. */
const step = 1.35;

/** Share of the sent bytes that must arrive for a stage to succeed. */
const carriedShare = 0.9;

/** Packets that say nothing yet, since the path may have saved up for them. */
const warmUpShare = 1 / 3;
const minPackets = 6;

interface Stage {
  readonly bitrate: number;
  readonly startedAtMs: number;
  readonly first: number;
  last: number;
  bytes: number;
  isSending: boolean;
  endedAtMs: number;
  readonly arrivals: { readonly packet: SentPacket; readonly arrivedAtMs: number }[];
}

/** The bitrate from the end of the warm-up on, as sent and as received. */
function ratesOf({ arrivals }: Stage): { readonly sent: number; readonly received: number } | undefined {
  const ordered = [...arrivals].sort((one, other) => one.packet.number - other.packet.number);
  const start = Math.floor(ordered.length * warmUpShare);
  const [from, to] = [ordered[start], ordered.at(-1)];
  if (ordered.length < minPackets || from === undefined || to === undefined) return undefined;
  const bits = 8000 * ordered.slice(start + 1).reduce((sum, { packet }) => sum + packet.bytes, 0);
  const sentMs = to.packet.sentAtMs - from.packet.sentAtMs;
  const receivedMs = Math.max(...ordered.slice(start).map(({ arrivedAtMs }) => arrivedAtMs)) - from.arrivedAtMs;
  if (sentMs <= 0 || receivedMs <= 0) return undefined;
  return { sent: bits / sentMs, received: bits / receivedMs };
}

/**
 * Finds out whether a path carries a bitrate, by sending padding beside the media: faster in each stage, so that a path that is far
 * too narrow is not filled for long.
 */
export class Probe {
  readonly #goal: number;
  #stage: Stage | undefined;
  /** The highest bitrate that the path has carried, 0 before any. */
  carried = 0;
  isFinished = false;

  constructor(goal: number, from: number, next: number, atMs: number) {
    this.#goal = goal;
    this.#begin(Math.min(goal, step * from), next, atMs);
  }

  #begin(bitrate: number, first: number, atMs: number): void {
    this.#stage = {
      bitrate,
      startedAtMs: atMs,
      first,
      last: first - 1,
      bytes: 0,
      isSending: true,
      endedAtMs: 0,
      arrivals: [],
    };
  }

  /** Amount of padding due now. Bytes. */
  paddingDue(atMs: number): number {
    const stage = this.#stage;
    if (stage?.isSending !== true) return 0;
    const elapsedMs = atMs - stage.startedAtMs;
    if (elapsedMs >= stageMs) {
      stage.isSending = false;
      stage.endedAtMs = atMs;
      return 0;
    }
    return Math.max(0, (stage.bitrate * elapsedMs) / 8000 - stage.bytes);
  }

  /** Counts a packet sent during the probe, media or padding. */
  sent(number: number, bytes: number): void {
    const stage = this.#stage;
    if (stage?.isSending !== true) return;
    stage.bytes += bytes;
    stage.last = number;
  }

  /** Takes in a packet that arrived. */
  arrived(packet: SentPacket, arrivedAtMs: number): void {
    const stage = this.#stage;
    if (stage !== undefined && packet.number >= stage.first && packet.number <= stage.last)
      stage.arrivals.push({ packet, arrivedAtMs });
  }

  /** Ends the probe, because the queue of the path grows. */
  abort(): void {
    this.#stage = undefined;
    this.isFinished = true;
  }

  /**
   * Evaluates the stage once all its packets are reported on, and starts the next.
   *
   * @param reported - The number of the last packet that was reported on.
   * @param inherent - The share of packets that the path loses anyway.
   */
  update(reported: number, next: number, inherent: number, rttMs: number, atMs: number): void {
    const stage = this.#stage;
    if (stage === undefined || stage.isSending) return;
    if (reported < stage.last && atMs < stage.endedAtMs + rttMs + reportMs) return;
    const rates = ratesOf(stage);
    if (rates === undefined) {
      this.abort();
      return;
    }
    const received = rates.received / (1 - inherent);
    this.carried = Math.max(this.carried, Math.min(rates.sent, received));
    const isCarried = received >= carriedShare * rates.sent;
    if (!isCarried || stage.bitrate >= this.#goal) this.abort();
    else this.#begin(Math.min(this.#goal, step * Math.min(stage.bitrate, received)), next, atMs);
  }
}
