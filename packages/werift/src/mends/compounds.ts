/**
 * The packets of an RTCP compound, each with its own bytes.
 *
 * werift 0.25 reads each packet up to the end of the compound, so a NACK that is followed by another packet requests packets that
 * were not lost. Can go when `RtcpPacketConverter.deSerialize` reads the length of each packet.
 *
 * @see RFC 3550 § 6.1
 */
export function* packetsOf(compound: Buffer): Iterable<Buffer> {
  for (let start = 0; start + 4 <= compound.length; ) {
    const end = start + 4 * (compound.readUInt16BE(start + 2) + 1);
    yield compound.subarray(start, end);
    start = end;
  }
}
