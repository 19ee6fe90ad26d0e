import type { RTCSctpTransport } from 'werift';
import { internalsOf } from './internals.ts';

/** werift's number for an association that is established. */
const established = 4;

/**
 * Starts to send messages one after another.
 *
 * werift 0.25 starts each at once. Each one then checks for every outgoing packet whether all earlier ones are sent, so a few
 * thousand messages keep the process busy for half a minute. Can go when werift has one sending loop.
 *
 * @see RFC 9260 § 6.1
 */
export function mendSendOrder(transport: RTCSctpTransport): void {
  const internals = internalsOf(transport);
  const flush = internals.dataChannelFlush.bind(internals);
  let isSending = false;
  internals.dataChannelFlush = async () => {
    if (isSending) return;
    isSending = true;
    try {
      do await flush();
      while (internals.dataChannelQueue.length > 0 && internals.sctp.associationState === established);
    } finally {
      isSending = false;
    }
  };
}
