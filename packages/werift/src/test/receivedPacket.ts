import { RtpHeader, RtpPacket } from 'werift';
import { headerLength, ReceivedPacket } from '../transport/receivedPacket.ts';

/** An RTP packet as it is read, from what werift writes. */
export function receivedPacket(
  fields: Partial<Omit<RtpHeader, 'extensions'>>,
  payload: Buffer,
  extensions: RtpHeader['extensions'] = [],
): ReceivedPacket {
  const bytes = new RtpPacket(
    new RtpHeader({ ...fields, extension: extensions.length > 0, extensions }),
    payload,
  ).serialize();
  const length = headerLength(bytes, 0);
  return ReceivedPacket.read(bytes.subarray(0, length), bytes.subarray(length));
}
