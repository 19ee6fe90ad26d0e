import type { RTCSctpTransport } from 'werift';
import { internalsOf } from './internals.ts';

/** Payload protocol identifiers of an empty text and of empty binary data. @see RFC 8831 § 8 */
const [emptyText, emptyBinary] = [56, 57];

/**
 * Sends an empty message as one byte with a protocol identifier that says so, since SCTP has no empty messages.
 *
 * werift 0.25 counts the message and sends no chunk, so that the remote waits for it forever and delivers nothing after it. Can go
 * when `RTCDataChannel.send('')` arrives.
 *
 * @see RFC 8831 § 6.6
 */
export function mendEmptyMessages(transport: RTCSctpTransport): void {
  const internals = internalsOf(transport);
  const { datachannelSend } = internals;
  internals.datachannelSend = (channel, message) => {
    if (message.length > 0) return datachannelSend(channel, message);
    const byte = Buffer.alloc(1);
    channel.addBufferedAmount(byte.length);
    internals.dataChannelQueue.push([channel, typeof message === 'string' ? emptyText : emptyBinary, byte]);
    internals.dataChannelFlush().catch(() => {});
    return 0;
  };
}
