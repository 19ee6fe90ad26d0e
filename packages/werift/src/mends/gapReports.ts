import type { RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';
import { ReceivedNumbers } from './receivedNumbers.ts';

/** The type of a SACK chunk. @see RFC 9260 § 3.2 */
const sack = 3;

/**
 * Keeps the received numbers as blocks, and reports them in order.
 *
 * werift 0.25 sorts the numbers behind a gap as texts, again for each chunk. After a loss among some thousand short messages the
 * process does nothing else for seconds; where the numbers get a digit more, the reported blocks are out of order; where they wrap,
 * there is no report. Can go when werift keeps them in serial number order.
 *
 * @see RFC 9260 § 3.3.4 and RFC 1982
 */
export function mendGapReports(transport: RTCSctpTransport): void {
  const association = associationOf(transport);
  const { receiveForwardTsnChunk, sendChunk } = association;
  let received = new ReceivedNumbers();
  let reached: number | undefined;
  /** The numbers of the current association: the remote may start another one. */
  const current = () => {
    if (association.lastReceivedTsn !== reached) received = new ReceivedNumbers();
    return received;
  };
  const reach = (cumulative: number) => {
    association.lastReceivedTsn = cumulative;
    reached = cumulative;
  };
  association.markReceived = (tsn) => {
    const cumulative = current().note(tsn, association.lastReceivedTsn);
    reach(cumulative ?? association.lastReceivedTsn);
    return cumulative === undefined;
  };
  association.receiveForwardTsnChunk = (chunk) => {
    const noted = current();
    receiveForwardTsnChunk.call(association, chunk);
    reach(noted.advance(association.lastReceivedTsn));
  };
  association.sendChunk = async (chunk) => {
    // A timer may retransmit a chunk that was just acknowledged: then there is none.
    if (chunk?.type === sack) chunk.gaps = current().gapBlocks(association.lastReceivedTsn);
    await sendChunk.call(association, chunk);
  };
}
