import type { RTCSctpTransport } from 'werift';
import { associationOf, internalsOf } from './internals.ts';

/** Makes methods safe to call without waiting for them: an error ends the method, not the process. */
function catchRejections<Name extends string>(target: Record<Name, () => Promise<void>>, names: readonly Name[]): void {
  for (const name of names) {
    const method = target[name];
    target[name] = async () => {
      await method.call(target).catch(() => {});
    };
  }
}

/**
 * Catches the errors of malformed SCTP packets and data channel messages, and of sending over a closed path.
 *
 * werift 0.25 calls asynchronous methods from events and timers without catching their rejections: one packet of twelve bytes
 * ends the process. Can go when werift catches them.
 *
 * @see RFC 9260 § 6.8 and § 8.4, which have such packets dropped
 */
export function mendRejections(transport: RTCSctpTransport): void {
  const { sctp, dtlsTransport } = transport;
  const [association, internals] = [associationOf(transport), internalsOf(transport)];
  catchRejections(association, [
    'transmit',
    'transmitReconfigRequest',
    'timerReconfigHandleExpired',
    'timerHeartbeatExpired',
  ]);
  catchRejections(internals, ['dataChannelFlush']);
  const { handleData } = association;
  const { datachannelReceive } = internals;
  dtlsTransport.dataReceiver = (data) => {
    handleData.call(association, data).catch(() => {});
  };
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((streamId, protocol, data) => {
    datachannelReceive(streamId, protocol, data).catch(() => {});
  });
}
