/** How long after one key frame request the next one goes out. Milliseconds. */
export const keyFrameIntervalMs = 500;

/**
 * Asks a publisher for key frames on behalf of all who need one: at once when none was asked for lately, else once as soon
 * as it may be.
 */
export class KeyFrameRequests {
  readonly #send: () => void;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: () => void) {
    this.#send = send;
  }

  request(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#sentAt + keyFrameIntervalMs - performance.now();
    if (waitMs <= 0) this.#request();
    else this.#timer = setTimeout(() => this.#request(), waitMs);
  }

  #request(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    this.#send();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
