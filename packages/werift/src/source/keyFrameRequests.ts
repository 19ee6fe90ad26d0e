/** Time after one request for a key frame the next one goes out. Milliseconds. */
export const keyFrameIntervalMs = 500;

/**
 * Delay before a request is repeated without a key frame, and number of repetitions; the last ones follow every
 * {@link keyFrameIntervalMs}.
 */
const firstRepetitionMs = 250;
export const maxRepetitions = 8;

/**
 * Requests key frames from a publisher for all players that need one: at once if none was requested recently, otherwise once
 * after the minimum interval. A key frame is many times as large as other frames, and every player receives it.
 *
 * A request or the key frame may get lost, so the request is repeated until one arrives, a limited number of times: a publisher
 * may have nothing new to send, or encrypt it.
 */
export class KeyFrameRequests {
  readonly #send: (isRepeated: boolean) => void;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  /** Runs until a pending request may be sent. */
  #timer: NodeJS.Timeout | undefined;
  #repetition: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param send - Sends one request; `isRepeated` is true if it repeats the previous one. */
  constructor(send: (isRepeated: boolean) => void) {
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
    clearTimeout(this.#repetition);
    this.#transmit(false);
    this.#repeat(0);
  }

  #transmit(isRepeated: boolean): void {
    this.#sentAtMs = performance.now();
    this.#send(isRepeated);
  }

  #repeat(repetitions: number): void {
    if (repetitions === maxRepetitions) return;
    this.#repetition = setTimeout(
      () => {
        this.#transmit(true);
        this.#repeat(repetitions + 1);
      },
      Math.min(keyFrameIntervalMs, firstRepetitionMs * 2 ** repetitions),
    );
  }

  /** Ends the repetition, because a key frame has arrived. */
  received(): void {
    clearTimeout(this.#repetition);
    this.#repetition = undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#repetition);
  }
}
