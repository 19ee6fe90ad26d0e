import type { RTCSctpTransport } from 'werift';
import { associationOf } from './internals.ts';

/** The first wait for the answer to INIT or COOKIE ECHO. Seconds. @see RFC 9260 § 16 */
const firstS = 1;

/** The longest wait: nine of them are half a minute, as long as a remote may be silent. Seconds. @see RFC 7675 § 5.1 */
const longestS = 4;

/**
 * Doubles the delay of INIT retransmissions, starting from one second.
 *
 * werift 0.25 waits three seconds each time, so a lost INIT delays the first message by that much. Can go when werift backs off
 * from `RTO.Initial`.
 *
 * @see RFC 9260 § 5.1 and § 6.3.3
 */
export function mendInitTimeout(transport: RTCSctpTransport): void {
  const association = associationOf(transport);
  const { timer1Expired } = association;
  association.rto = firstS;
  association.timer1Expired = () => {
    association.rto = Math.min(2 * association.rto, longestS);
    timer1Expired();
  };
  // Data is not late because the start was.
  transport.sctp.stateChanged.connected.subscribe(() => {
    association.rto = firstS;
  });
}
