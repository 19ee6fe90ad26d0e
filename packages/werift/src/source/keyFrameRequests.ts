/** How long after one request for a key frame the next one goes out. Milliseconds. */
export const keyFrameIntervalMs = 500;

/**
 * Asks a publisher for key frames, for all who need one: at once when none was asked for lately, else once as soon as it
 * may be. A key frame is many times as large as any other, and everybody gets it.
 */
export class KeyFrameRequests {
  readonly #send: () => void;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(send: () => void) {
    this.#send = send;
  }

  request(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const waitMs = this.#sentAtMs + keyFrameIntervalMs - performance.now();
    if (waitMs <= 0) this.#request();
    else this.#timer = setTimeout(() => this.#request(), waitMs);
  }

  #request(): void {
    this.#timer = undefined;
    this.#sentAtMs = performance.now();
    this.#send();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
