import type { RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';
import { isReached } from './receivedNumbers.ts';

/** Most chunks of a stream that wait for others: werift goes through all of them for each message that is complete. */
const maxWaiting = 8_192;

/**
 * Enforces the advertised receive window, and accepts one message beyond it.
 *
 * werift 0.25 stores everything that arrives, even parts of an endless message, until memory is full. Can go when werift drops
 * data beyond the window.
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
