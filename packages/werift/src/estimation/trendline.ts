import type { GroupDelta } from './packetGroups.ts';

/**
 * Usage of a path by the one-way delay: its queue grows (`overuse`), is long and stable (`standing`), shrinks (`underuse`), or
 * none of these.
 */
export type PathUsage = 'normal' | 'overuse' | 'standing' | 'underuse';

/** Number of groups a line is fitted to. */
const windowSize = 20;

/** The weight of what was before in the smoothed delay. */
const smoothing = 0.9;

/** Makes slopes comparable with the threshold, which is in milliseconds. */
const gain = 4;
const maxSamples = 60;

/** Time the slope must be above the threshold. Milliseconds. */
const overuseMs = 10;

/** The threshold, which follows the slope slowly so that it neither ignores nor starves beside a flow that fills queues. */
const initialThreshold = 12.5;
const minThreshold = 6;
const maxThreshold = 600;
const rise = 0.0087;
const fall = 0.039;

/** A slope that is above the threshold by more than this is a spike that the threshold does not follow. */
const maxAdaptation = 15;

/**
 * Detects from the slope of the one-way delay whether a path gets more than it can carry.
 *
 * @see draft-ietf-rmcat-gcc-02 § 5.4; the line in place of the Kalman filter is what WebRTC implementations use.
 */
export class Trendline {
  usage: Exclude<PathUsage, 'standing'> = 'normal';
  /** The last groups: when they arrived, and the smoothed delay by then. */
  readonly #atMs = new Float64Array(windowSize);
  readonly #delaysMs = new Float64Array(windowSize);
  #count = 0;
  #delayMs = 0;
  #smoothedMs = 0;
  #firstAtMs: number | undefined;
  #slope = 0;
  #threshold = initialThreshold;
  #overusedMs = -1;
  #overuses = 0;
  #updatedAtMs: number | undefined;

  /** Takes in how two groups of packets differ. */
  update({ sentMs, arrivedMs, atMs }: GroupDelta): void {
    this.#firstAtMs ??= atMs;
    this.#count += 1;
    this.#delayMs += arrivedMs - sentMs;
    this.#smoothedMs = smoothing * this.#smoothedMs + (1 - smoothing) * this.#delayMs;
    const index = this.#count % windowSize;
    this.#atMs[index] = atMs - this.#firstAtMs;
    this.#delaysMs[index] = this.#smoothedMs;
    this.#detect(this.#count < windowSize ? this.#slope : this.#fittedSlope, sentMs, atMs);
  }

  /** The slope of the line that fits the last groups best. */
  get #fittedSlope(): number {
    let [sumAt, sumDelay] = [0, 0];
    for (let index = 0; index < windowSize; index += 1) {
      sumAt += this.#atMs[index] ?? 0;
      sumDelay += this.#delaysMs[index] ?? 0;
    }
    const [meanAt, meanDelay] = [sumAt / windowSize, sumDelay / windowSize];
    let [covariance, variance] = [0, 0];
    for (let index = 0; index < windowSize; index += 1) {
      const fromMean = (this.#atMs[index] ?? 0) - meanAt;
      covariance += fromMean * ((this.#delaysMs[index] ?? 0) - meanDelay);
      variance += fromMean * fromMean;
    }
    return variance === 0 ? 0 : covariance / variance;
  }

  #detect(slope: number, sentMs: number, atMs: number): void {
    if (this.#count < 2) return;
    const scaled = Math.min(this.#count, maxSamples) * slope * gain;
    if (scaled > this.#threshold) {
      this.#overusedMs = this.#overusedMs < 0 ? sentMs / 2 : this.#overusedMs + sentMs;
      this.#overuses += 1;
      if (this.#overusedMs > overuseMs && this.#overuses > 1 && slope >= this.#slope) {
        this.#overusedMs = 0;
        this.#overuses = 0;
        this.usage = 'overuse';
      }
    } else {
      this.#overusedMs = -1;
      this.#overuses = 0;
      this.usage = scaled < -this.#threshold ? 'underuse' : 'normal';
    }
    this.#slope = slope;
    this.#adapt(Math.abs(scaled), atMs);
  }

  #adapt(scaled: number, atMs: number): void {
    const elapsedMs = Math.min(100, atMs - (this.#updatedAtMs ?? atMs));
    this.#updatedAtMs = atMs;
    if (scaled > this.#threshold + maxAdaptation) return;
    const speed = scaled < this.#threshold ? fall : rise;
    const next = this.#threshold + speed * (scaled - this.#threshold) * Math.max(0, elapsedMs);
    this.#threshold = Math.min(maxThreshold, Math.max(minThreshold, next));
  }
}
