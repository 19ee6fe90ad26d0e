/**
 * Writes a Full Intra Request, which requests a key frame if Picture Loss Indication was not negotiated.
 *
 * @param number - Unchanged when the same request is repeated.
 * @see RFC 5104 § 4.3.1.1
 */
export function writeFullIntraRequest(senderSsrc: number, mediaSsrc: number, number: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes[0] = 0x84;
  bytes[1] = 206;
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
  bytes.writeUInt32BE(senderSsrc, 4);
  // The media SSRC of the header is not used.
  bytes.writeUInt32BE(mediaSsrc, 12);
  bytes[16] = number;
  return bytes;
}
