/** Minimum level of talking. Softer sounds are breath, keys or another room. −dBov. @see RFC 6464 § 3 */
export const talkLevel = 60;

/** Level that stands for silence. @see RFC 6464 § 3 */
const silence = 127;

/** Number of silent intervals in a row that end talking; fewer are a pause between words. */
const pause = 3;

/** Detects talking from the audio level of each packet, interval by interval. */
export class TalkWatch {
  #loudest = silence;
  /** Number of silent intervals of a talker; `undefined` while there is no talking. */
  #silent: number | undefined;

  /** Takes the level of one packet: from 0, the loudest, to 127. */
  heard(level: number): void {
    if (level < this.#loudest) this.#loudest = level;
  }

  /** True while the publisher talks, short pauses included. */
  get isTalking(): boolean {
    return this.#silent !== undefined;
  }

  /** Ends an interval. Returns the level while there is talking, 127 once it stops, and `undefined` after that. */
  measure(): number | undefined {
    const level = this.#loudest;
    this.#loudest = silence;
    if (level < talkLevel) {
      this.#silent = 0;
      return level;
    }
    if (this.#silent === undefined) return undefined;
    this.#silent += 1;
    if (this.#silent < pause) return undefined;
    this.#silent = undefined;
    return silence;
  }
}
