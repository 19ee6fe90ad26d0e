/** The first and the last of numbers that have all come. */
export type Block = [first: number, last: number];

/** How far beyond the last one without a gap an acknowledgement can tell of. @see RFC 9260 § 3.3.4 */
const farthest = 0xffff;

/** The most blocks that an acknowledgement in one datagram has room for. */
const maxBlocks = 256;

/** How far a number is beyond another, in a count that begins anew after 2^32. */
export const ahead = (tsn: number, of: number) => (tsn - of) >>> 0;

/** True if a number is not beyond another. @see RFC 1982 § 3.2 */
export const isReached = (tsn: number, by: number) => ahead(by, tsn) < 2 ** 31;

/**
 * Which transmission sequence numbers (TSNs) have come beyond the last one without a gap, which is called the cumulative one.
 */
export class ReceivedNumbers {
  readonly #blocks: Block[] = [];

  /**
   * Takes note of one that comes. Returns the cumulative one then, or `undefined` if that one has come before or is too far
   * away to be told of: it is not acknowledged, and comes again.
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

  /** Returns the cumulative one, given one up to which nothing is waited for any more. */
  advance(cumulative: number): number {
    const blocks = this.#blocks;
    let reached = cumulative;
    for (let [block] = blocks; block !== undefined && isReached(block[0], (reached + 1) >>> 0); [block] = blocks) {
      if (!isReached(block[1], reached)) reached = block[1];
      blocks.shift();
    }
    return reached;
  }

  /** What has come beyond the cumulative one, as an acknowledgement tells it. @see RFC 9260 § 3.3.4 */
  gapBlocks(cumulative: number): Block[] {
    return this.#blocks.map(([first, last]) => [ahead(first, cumulative), ahead(last, cumulative)]);
  }
}
