import type { SrtpSession } from 'werift';

/** How werift counts the packets of one source. */
type SourceState = SrtpSession['localContext']['srtpSSRCStates'][number];

/** How far around a rollover werift looks for the packets that tell it. */
const window = 100;

/**
 * Counts a rollover that werift 0.25 misses, and tells whether it did.
 *
 * werift takes note of a rollover only when packets from within 100 of it on either side follow each other. After a longer
 * loss it cannot decrypt until the end of the connection. Can go when it estimates the
 * index as RFC 3711 does.
 *
 * @see RFC 3711 § 3.3.1 and appendix A
 */
export function countRollover(state: SourceState | undefined, sequenceNumber: number): boolean {
  if (state?.rolloverHasProcessed !== true) return false;
  const { lastSequenceNumber: last } = state;
  const isRollover = sequenceNumber < last && last - sequenceNumber > 0x8000;
  const isSeen = sequenceNumber === 0 || (sequenceNumber < window && last > 0xffff - window);
  if (!isRollover || isSeen) return false;
  state.rolloverCounter += 1;
  state.lastSequenceNumber = sequenceNumber;
  return true;
}
