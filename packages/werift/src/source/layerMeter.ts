/** Overhead of headers and encryption for each payload. Bytes. */
const overheadBytes = 60;

/** The most spatial and temporal layers that codecs have. */
const [spatials, temporals] = [8, 8];

/** Time the bitrate of a layer is the average of, at least. Less than the second between two reports, which may be a little short. Milliseconds. */
const windowMs = 900;

/** The bitrates of the layers of one encoding, each for itself. */
export class LayerMeter {
  #bytes = new Float64Array(spatials * temporals);
  #bitrates = new Float64Array(spatials * temporals);
  #sinceMs: number | undefined;

  add(spatial: number, temporal: number, payloadBytes: number): void {
    const index = spatial * temporals + temporal;
    this.#bytes[index] = (this.#bytes[index] ?? 0) + payloadBytes + overheadBytes;
  }

  /** Recomputes the bitrates if there is enough data. */
  update(atMs: number): void {
    this.#sinceMs ??= atMs;
    const elapsedMs = atMs - this.#sinceMs;
    if (elapsedMs < windowMs) return;
    for (let index = 0; index < this.#bytes.length; index += 1) {
      this.#bitrates[index] = Math.round(((this.#bytes[index] ?? 0) * 8000) / elapsedMs);
      this.#bytes[index] = 0;
    }
    this.#sinceMs = atMs;
  }

  /** Bitrate of a layer with the lower ones, the spatial ones from `lowest` on. Bits per second. */
  bitrate(spatial: number, temporal: number, lowest = 0): number {
    let sum = 0;
    for (let s = lowest; s <= spatial; s += 1)
      for (let t = 0; t <= temporal; t += 1) sum += this.#bitrates[s * temporals + t] ?? 0;
    return sum;
  }

  /** The highest spatial and temporal layers that are sent, -1 when none is. */
  get top(): { readonly spatial: number; readonly temporal: number } {
    let [spatial, temporal] = [-1, -1];
    for (let index = 0; index < this.#bitrates.length; index += 1)
      if ((this.#bitrates[index] ?? 0) > 0) {
        spatial = Math.max(spatial, Math.floor(index / temporals));
        temporal = Math.max(temporal, index % temporals);
      }
    return { spatial, temporal };
  }
}
