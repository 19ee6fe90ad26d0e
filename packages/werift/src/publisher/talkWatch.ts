/** How loud somebody is who talks, at least: what is softer is breath, keys, or another room. −dBov. @see RFC 6464 § 3 */
export const talkLevel = 60;

/** How silence is told. @see RFC 6464 § 3 */
const silence = 127;

/** How many intervals in a row are silent when somebody has stopped, rather than paused between two words. */
const pause = 3;

/** Tells from the level of each packet of audio, interval by interval, whether somebody talks. */
export class TalkWatch {
  #loudest = silence;
  /** Number of intervals somebody who talks has been silent; `undefined` when nobody talks. */
  #silent: number | undefined;

  /** Takes the level of one packet: from 0, the loudest, to 127. */
  heard(level: number): void {
    if (level < this.#loudest) this.#loudest = level;
  }

  /** True if somebody talks, or has paused a moment ago. */
  get isTalking(): boolean {
    return this.#silent !== undefined;
  }

  /** Ends an interval: how loud it was as long as somebody talks, 127 as nobody does any more, and `undefined` after that. */
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
