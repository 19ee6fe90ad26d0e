import type { RTCDtlsTransport, RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';

/**
 * Moves an association to another DTLS transport, as browsers do when the remote changes its BUNDLE groups.
 *
 * werift 0.25 starts another association on the new transport, and the end of the old transport closes every data channel. Can go
 * when `setDtlsTransport` keeps the association.
 *
 * @see RFC 8831 § 6.1 and RFC 9143 § 7.3
 */
export function moveAssociation(transport: RTCSctpTransport, to: RTCDtlsTransport): void {
  const { dtlsTransport: from } = transport;
  from.onStateChange.allUnsubscribe();
  to.dataReceiver = from.dataReceiver;
  from.dataReceiver = () => {};
  associationOf(transport).transport.dtls = to;
  transport.dtlsTransport = to;
}
