import type { BandwidthEstimator } from '../estimation/bandwidthEstimator.ts';
import { readFeedback } from '../estimation/feedbackReport.ts';
import { Pacer } from '../estimation/pacer.ts';
import { TransportFeedback } from '../publisher/transportFeedback.ts';

/** Numbers between 0 and 1 that are the same in each run. @see https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
export function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

/** Properties of a link. */
export interface LinkOptions {
  /** Bits per second, at a time in milliseconds. */
  readonly bitrate: (atMs: number) => number;
  /** One way. Milliseconds. */
  readonly delayMs?: number;
  /** The most that waits. Milliseconds. */
  readonly queueMs?: number;
  /** The share of packets that are lost on it whatever is sent. */
  readonly loss?: number;
  /** Maximum additional delay of a packet. Milliseconds. */
  readonly jitterMs?: number;
}

/** A link with one queue and a virtual clock. */
export class SimulatedLink {
  readonly #options: Required<LinkOptions>;
  readonly #random = pseudoRandom(42);
  #freeAtMs = 0;
  #arrivals: { readonly atMs: number; readonly arrive: (atMs: number) => void }[] = [];
  #lastAtMs = 0;

  constructor({ delayMs = 25, queueMs = 400, loss = 0, jitterMs = 0, bitrate }: LinkOptions) {
    this.#options = { delayMs, queueMs, loss, jitterMs, bitrate };
  }

  /** Time a packet that is sent now would wait. Milliseconds. */
  queueMs(atMs: number): number {
    return Math.max(0, this.#freeAtMs - atMs);
  }

  send(bytes: number, atMs: number, arrive: (atMs: number) => void): void {
    const { bitrate, delayMs, queueMs, loss, jitterMs } = this.#options;
    if (this.queueMs(atMs) > queueMs) return;
    this.#freeAtMs = Math.max(this.#freeAtMs, atMs) + (bytes * 8000) / bitrate(atMs);
    if (this.#random() < loss) return;
    this.#lastAtMs = Math.max(this.#lastAtMs, this.#freeAtMs + delayMs + this.#random() * jitterMs);
    this.#arrivals.push({ atMs: this.#lastAtMs, arrive });
  }

  /** Lets arrive what does by now. */
  run(atMs: number): void {
    const due = this.#arrivals.filter((arrival) => arrival.atMs <= atMs);
    this.#arrivals = this.#arrivals.filter((arrival) => arrival.atMs > atMs);
    for (const { atMs: arrivedAtMs, arrive } of due) arrive(arrivedAtMs);
  }
}

const overheadBytes = 60;
const packetBytes = 1_150;
const audio = { bytes: 120, intervalMs: 20 };
const audioBitrate = (audio.bytes * 8000) / audio.intervalMs;
/** Share of the bitrate that is left for payload. */
const payloadShare = 0.93;
const frameMs = 1000 / 30;

/** Traffic of a flow, and when it tries for more. */
export interface FlowOptions {
  readonly link: SimulatedLink;
  readonly estimator: BandwidthEstimator;
  /** Bitrate of the video on a path without limits. Bits per second. */
  readonly wanted: number;
  /** The bitrates that the video can have. Default any. */
  readonly layers?: readonly number[];
  readonly startsAtMs?: number;
  readonly seed?: number;
}

/** A player's path, its sender, and its reports: video that follows the estimate, audio, and probes while more is wanted. */
export class SimulatedFlow {
  readonly estimates: number[] = [];
  readonly #options: FlowOptions;
  readonly #feedback = new TransportFeedback();
  readonly #pacer: Pacer;
  readonly #random: () => number;
  arrivedBytes = 0;
  #nextAudioMs: number;
  #nextFrameMs: number;
  #nextReportMs: number;
  #nextProbeMs: number;
  #probeWaitMs = 1_000;
  #bestBitrate = 0;
  readonly #reports: { readonly atMs: number; readonly bytes: Buffer }[] = [];

  constructor(options: FlowOptions) {
    this.#options = options;
    const { startsAtMs = 0, seed = 7, estimator } = options;
    this.#random = pseudoRandom(seed);
    this.#pacer = new Pacer(() => estimator.bitrate);
    this.#nextAudioMs = startsAtMs;
    this.#nextFrameMs = startsAtMs;
    this.#nextReportMs = startsAtMs + 100;
    this.#nextProbeMs = startsAtMs + 500;
  }

  get target(): number {
    const { estimator, wanted, layers } = this.#options;
    const free = Math.min((estimator.bitrate - audioBitrate) * payloadShare, wanted);
    return layers === undefined ? free : Math.max(0, ...layers.filter((bitrate) => bitrate <= free));
  }

  #send(bytes: number, atMs: number): void {
    const { estimator, link } = this.#options;
    const sequenceNumber = estimator.sent(bytes, atMs);
    link.send(bytes, atMs, (arrivedAtMs) => {
      this.arrivedBytes += bytes;
      this.#feedback.received(sequenceNumber, arrivedAtMs + 12_345);
    });
  }

  #frame(atMs: number): void {
    const size = Math.max(50, (this.target / 8 / 30) * (0.75 + 0.5 * this.#random()));
    for (let left = size; left > 0; left -= packetBytes) {
      const bytes = Math.min(left, packetBytes) + overheadBytes;
      if (this.#pacer.take(bytes, atMs)) this.#send(bytes, atMs);
      else this.#pacer.wait(this, bytes, () => this.#send(bytes, this.#now));
    }
  }

  #now = 0;

  /** Does what is due by now, once for each millisecond. */
  run(atMs: number): void {
    const { estimator, wanted, startsAtMs = 0 } = this.#options;
    if (atMs < startsAtMs) return;
    this.#now = atMs;
    if (atMs >= this.#nextAudioMs) {
      this.#nextAudioMs += audio.intervalMs;
      this.#pacer.spend(audio.bytes);
      this.#send(audio.bytes, atMs);
    }
    if (atMs >= this.#nextFrameMs) {
      this.#nextFrameMs += frameMs;
      this.#frame(atMs);
    }
    if (atMs % 5 === 0) this.#pacer.drain(atMs);
    if (atMs % 10 === 0)
      for (let due = estimator.paddingDue(atMs); due >= 250; due -= packetBytes)
        this.#send(Math.min(due, packetBytes), atMs);
    if (atMs >= this.#nextReportMs) {
      this.#nextReportMs += 100;
      for (const bytes of this.#feedback.flush(1, 2, atMs + 12_345)) this.#reports.push({ atMs: atMs + 25, bytes });
    }
    for (let report = this.#reports[0]; report !== undefined && report.atMs <= atMs; report = this.#reports[0]) {
      this.#reports.shift();
      const read = readFeedback(report.bytes);
      if (read !== undefined) estimator.report(read, atMs);
    }
    if (atMs >= this.#nextProbeMs) {
      if (estimator.bitrate > 1.25 * this.#bestBitrate) this.#probeWaitMs = 1_000;
      else this.#probeWaitMs = Math.min(8_000, 2 * this.#probeWaitMs);
      this.#bestBitrate = estimator.bitrate;
      if (estimator.bitrate < wanted) estimator.probe(1.2 * wanted, atMs);
      this.#nextProbeMs = atMs + this.#probeWaitMs;
    }
    this.estimates.push(estimator.bitrate);
  }
}

/** Runs flows and their link from one time to another. @param each - Called for each millisecond. */
export function simulate(
  link: SimulatedLink,
  flows: readonly SimulatedFlow[],
  [fromMs, toMs]: readonly [number, number],
  each: (atMs: number) => void = () => {},
): void {
  for (let atMs = fromMs; atMs < toMs; atMs += 1) {
    link.run(atMs);
    for (const flow of flows) flow.run(atMs);
    each(atMs);
  }
}

/** The value that a share of the values is not above. */
export function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((one, other) => one - other);
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? 0;
}
