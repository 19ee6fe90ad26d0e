import type { RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';
import { ahead, isReached } from './receivedNumbers.ts';

/**
 * Reads the gap blocks of an acknowledgement that can be true: in order, and of chunks that were sent.
 *
 * werift 0.25 goes through every number of every block, which may be 65 535 numbers some hundred times, and lets numbers that were
 * never sent count as received. Can go when werift compares blocks with what it has sent.
 *
 * @see RFC 9260 § 3.3.4
 */
export function mendGapBlocks(transport: RTCSctpTransport): void {
  const association = associationOf(transport);
  const { receiveSackChunk } = association;
  association.receiveSackChunk = async (chunk) => {
    let end = 0;
    const { tsn = chunk.cumulativeTsn } = association.sentQueue.at(-1) ?? {};
    const outstanding = isReached(tsn, chunk.cumulativeTsn) ? 0 : ahead(tsn, chunk.cumulativeTsn);
    chunk.gaps = chunk.gaps.filter(([first, last]) => {
      const isTrue = first > end && last >= first && last <= outstanding;
      if (isTrue) end = last;
      return isTrue;
    });
    await receiveSackChunk.call(association, chunk);
  };
}
