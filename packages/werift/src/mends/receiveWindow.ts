import type { RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';
import { isReached } from './receivedNumbers.ts';

/** Most chunks of a stream that wait for others: werift goes through all of them for each message that is complete. */
const maxWaiting = 8_192;

/**
 * Takes no more than the window that the remote was told, and one message.
 *
 * werift 0.25 keeps whatever arrives, also parts of a message that never ends, until memory is full. Can go when werift drops data
 * beyond the window.
 *
 * @see RFC 9260 § 6.2
 */
export function mendReceiveWindow(transport: RTCSctpTransport): void {
  const association = associationOf(transport);
  const { receiveDataChunk } = association;
  const spareBytes = transport.maxMessageSize;
  association.receiveDataChunk = (chunk) => {
    const waiting = association.inboundStreams[chunk.streamId]?.reassembly ?? [];
    const last = waiting.at(-1);
    const isFull = waiting.length >= maxWaiting && last !== undefined && !isReached(chunk.tsn, last.tsn);
    if (!isFull && association.advertisedRwnd + spareBytes >= chunk.userData.length) {
      receiveDataChunk.call(association, chunk);
      return;
    }
    association.sackNeeded = true;
    association.sackImmediate = true;
  };
}
