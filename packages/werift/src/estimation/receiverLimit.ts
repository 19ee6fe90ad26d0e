const packetType = 206;
const applicationLayer = 15;
const headerBytes = 20;

/**
 * Reads the bitrate that a receiver states as its maximum.
 *
 * @returns bits per second, or `undefined` when the RTCP packet is something else, or truncated.
 * @see draft-alvestrand-rmcat-remb-03 § 2.2
 */
export function readReceiverLimit(packet: Buffer): number | undefined {
  if (packet.length < headerBytes || packet[1] !== packetType) return undefined;
  if (((packet[0] ?? 0) & 0x1f) !== applicationLayer || packet.toString('latin1', 12, 16) !== 'REMB') return undefined;
  const exponent = (packet[17] ?? 0) >> 2;
  const mantissa = (((packet[17] ?? 0) & 3) << 16) | packet.readUInt16BE(18);
  return mantissa * 2 ** exponent;
}

/** Writes an RTCP packet that states a maximum bitrate for some SSRCs. */
export function writeReceiverLimit(senderSsrc: number, ssrcs: readonly number[], bitrate: number): Buffer {
  const packet = Buffer.alloc(headerBytes + 4 * ssrcs.length);
  const exponent = Math.max(0, Math.ceil(Math.log2((bitrate + 1) / 2 ** 18)));
  const mantissa = Math.floor(bitrate / 2 ** exponent);
  packet[0] = 0x80 | applicationLayer;
  packet[1] = packetType;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.write('REMB', 12, 'latin1');
  packet[16] = ssrcs.length;
  packet[17] = (exponent << 2) | (mantissa >> 16);
  packet.writeUInt16BE(mantissa & 0xffff, 18);
  for (const [index, ssrc] of ssrcs.entries()) packet.writeUInt32BE(ssrc, headerBytes + 4 * index);
  return packet;
}
