/** The shortest time that one observation covers. Milliseconds. */
const observationMs = 250;

/** Number of observations that are compared. */
const maxObservations = 20;

/** The weight of an observation against the one after it. */
const ageing = 0.9;

/** Loss up to here limits nothing. */
const harmlessLoss = 0.02;

/** The loss that may be of the path itself, whatever is sent. More is taken for a path that is too narrow. */
const inherentLosses = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

/** Candidates for the capacity, as shares of the incoming bitrate. */
const shares = [0.85, 0.95, 1, 1.05];

/** Maximum growth of the limit between two observations. */
const maxGrowth = 1.15;

/** Required likelihood ratio of a limit to no limit: loss without a limit is common, and a false limit costs picture quality. */
const evidence = 4;

interface Observation {
  /** Bits per second sent. */
  readonly sent: number;
  readonly packets: number;
  readonly lost: number;
}

const receivedOf = ({ sent, packets, lost }: Observation): number => (sent * (packets - lost)) / packets;

/** The logarithm of how likely the observations are on a path of some bitrate that loses a share of what it carries anyway. */
function likelihood(observations: readonly Observation[], bitrate: number, inherent: number): number {
  let sum = 0;
  let weight = 1;
  for (let index = observations.length - 1; index >= 0; index -= 1) {
    const { sent, packets, lost } = observations[index] as Observation;
    const excess = Math.max(0, (sent - bitrate) / sent);
    const expected = Math.min(0.99, Math.max(0.0005, inherent + (1 - inherent) * excess));
    sum += weight * (lost * Math.log(expected) + (packets - lost) * Math.log(1 - expected));
    weight *= ageing;
  }
  return sum;
}

const best = (
  observations: readonly Observation[],
  bitrate: number,
): { readonly inherent: number; readonly value: number } => {
  let [inherent, value] = [0, Number.NEGATIVE_INFINITY];
  for (const candidate of inherentLosses) {
    const next = likelihood(observations, bitrate, candidate);
    if (next > value) [inherent, value] = [candidate, next];
  }
  return { inherent, value };
};

/**
 * Limits the rate if the loss depends on it. Loss that is independent of the rate, as on a radio link, limits nothing.
 *
 * Compares the likelihood of the observed losses on paths of different bitrates and inherent losses, as loss-based estimation in
 * libwebrtc has done since 2022. draft-ietf-rmcat-gcc-02 § 6 treats any loss above 10 % as congestion.
 */
export class LossBasedRate {
  /** Bits per second. */
  bitrate = Number.POSITIVE_INFINITY;
  /** The share that the path loses whatever is sent. */
  inherent = 0;
  #observations: Observation[] = [];
  #bytes = 0;
  #packets = 0;
  #lost = 0;
  #sinceMs: number | undefined;
  #loss = 0;

  /** The share of packets lost lately. */
  get loss(): number {
    return this.#loss;
  }

  /** Takes in what a report says of one packet. */
  add(bytes: number, sentAtMs: number, isLost: boolean): void {
    this.#sinceMs ??= sentAtMs;
    this.#bytes += bytes;
    this.#packets += 1;
    if (isLost) this.#lost += 1;
    const elapsedMs = sentAtMs - this.#sinceMs;
    if (elapsedMs < observationMs) return;
    this.#observations.push({ sent: (this.#bytes * 8000) / elapsedMs, packets: this.#packets, lost: this.#lost });
    if (this.#observations.length > maxObservations) this.#observations.shift();
    this.#sinceMs = sentAtMs;
    [this.#bytes, this.#packets, this.#lost] = [0, 0, 0];
    this.#estimate();
  }

  #estimate(): void {
    const observations = this.#observations;
    const [packets, lost] = observations.reduce(
      ([all, gone], one) => [ageing * all + one.packets, ageing * gone + one.lost] as const,
      [0, 0] as readonly [number, number],
    );
    this.#loss = packets === 0 ? 0 : lost / packets;
    if (this.#loss <= harmlessLoss) {
      this.inherent = 0;
      this.bitrate = this.bitrate * maxGrowth > 1e9 ? Number.POSITIVE_INFINITY : this.bitrate * maxGrowth;
      return;
    }
    const free = best(observations, Number.POSITIVE_INFINITY);
    let chosen = { bitrate: Number.POSITIVE_INFINITY, inherent: free.inherent, value: free.value + evidence };
    const arrived = receivedOf(observations.at(-1) as Observation);
    const mean = observations.reduce((sum, one) => sum + receivedOf(one), 0) / observations.length;
    for (const base of new Set([arrived, mean, ...(Number.isFinite(this.bitrate) ? [this.bitrate] : [])]))
      for (const share of shares) {
        const { inherent, value } = best(observations, base * share);
        if (value > chosen.value) chosen = { bitrate: base * share, inherent, value };
      }
    this.inherent = chosen.inherent;
    this.bitrate = Math.min(chosen.bitrate, this.bitrate * maxGrowth);
  }
}
