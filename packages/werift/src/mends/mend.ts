import { type RTCDtlsTransport, RTCSctpTransport } from 'werift';
import { mendCertificate } from './certificate.ts';
import { mendEmptyMessages } from './emptyMessages.ts';
import { mendGapBlocks } from './gapBlocks.ts';
import { mendGapReports } from './gapReports.ts';
import { mendInitTimeout } from './initTimeout.ts';
import { mendReceiveWindow } from './receiveWindow.ts';
import { mendRejections } from './rejections.ts';
import { mendSendOrder } from './sendOrder.ts';
import { mendX25519 } from './x25519.ts';

/**
 * Mends a transport of werift 0.25 before it starts. PATCHES.md lists the mends.
 *
 * Those of DTLS concern the whole process.
 */
export function mend(transport: RTCDtlsTransport | RTCSctpTransport): void {
  if (!(transport instanceof RTCSctpTransport)) {
    mendX25519();
    mendCertificate();
    return;
  }
  mendInitTimeout(transport);
  mendGapReports(transport);
  mendReceiveWindow(transport);
  mendGapBlocks(transport);
  mendEmptyMessages(transport);
  mendSendOrder(transport);
  // The last one, since it catches errors of the others too.
  mendRejections(transport);
}
