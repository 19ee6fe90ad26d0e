/** The first and the last of numbers that have all come. */
export type Block = [first: number, last: number];

/** Maximum distance of a gap block from the cumulative number. @see RFC 9260 § 3.3.4 */
const farthest = 0xffff;

/** The most blocks that an acknowledgement in one datagram has room for. */
const maxBlocks = 256;

/** Distance from one number to another, modulo 2^32. */
export const ahead = (tsn: number, of: number) => (tsn - of) >>> 0;

/** True if a number is not beyond another. @see RFC 1982 § 3.2 */
export const isReached = (tsn: number, by: number) => ahead(by, tsn) < 2 ** 31;

/** Received transmission sequence numbers (TSNs) above the cumulative one, which is the last without a gap before it. */
export class ReceivedNumbers {
  readonly #blocks: Block[] = [];

  /**
   * Adds a number. Returns the new cumulative number, or `undefined` if the number was received before or is too far ahead to be
   * acknowledged; the remote then sends it again.
   */
  note(tsn: number, cumulative: number): number | undefined {
    const distance = ahead(tsn, cumulative);
    if (distance === 0 || distance > farthest) return undefined;
    const blocks = this.#blocks;
    let index = blocks.length;
    while (index > 0 && ahead((blocks[index - 1] as Block)[0], cumulative) > distance) index -= 1;
    const [before, after] = [blocks[index - 1], blocks[index]];
    if (before !== undefined && ahead(before[1], cumulative) >= distance) return undefined;
    const follows = before !== undefined && ahead(tsn, before[1]) === 1;
    const precedes = after !== undefined && ahead(after[0], tsn) === 1;
    if (follows && precedes) {
      before[1] = after[1];
      blocks.splice(index, 1);
    } else if (follows) before[1] = tsn;
    else if (precedes) after[0] = tsn;
    else if (blocks.length < maxBlocks) blocks.splice(index, 0, [tsn, tsn]);
    else return undefined;
    return this.advance(cumulative);
  }

  /** Returns the new cumulative number after the remote has abandoned every number up to the given one. */
  advance(cumulative: number): number {
    const blocks = this.#blocks;
    let reached = cumulative;
    for (let [block] = blocks; block !== undefined && isReached(block[0], (reached + 1) >>> 0); [block] = blocks) {
      if (!isReached(block[1], reached)) reached = block[1];
      blocks.shift();
    }
    return reached;
  }

  /** Gap blocks of an acknowledgement: the numbers received above the cumulative one. @see RFC 9260 § 3.3.4 */
  gapBlocks(cumulative: number): Block[] {
    return this.#blocks.map(([first, last]) => [ahead(first, cumulative), ahead(last, cumulative)]);
  }
}
