/** A player's report on one packet. */
interface PacketReport {
  readonly sequenceNumber: number;
  /** Arrival time by the player's clock, or `undefined` if the packet has not arrived. Milliseconds. */
  readonly arrivedAtMs: number | undefined;
}

/** One message of transport-wide congestion feedback. */
export interface FeedbackReport {
  /** Counts the messages, modulo 256. */
  readonly count: number;
  /** In units of 64 ms, modulo 2^24. */
  readonly reference: number;
  /** Arrival times count from `reference`. */
  readonly packets: readonly PacketReport[];
}

const packetType = 205;
const feedbackType = 15;
const headerBytes = 20;
const tickMs = 0.25;

/** Maximum number of packets in one report: far more than fit one datagram, unless all are lost. */
const maxPackets = 0x2000;

/** True if an RTCP packet is transport-wide congestion feedback. */
const isTransportFeedback = (packet: Buffer): boolean =>
  packet[1] === packetType && ((packet[0] ?? 0) & 0x1f) === feedbackType;

/** The two-bit status of each packet, or `undefined` when the chunks end before the packets do. */
function statusesOf(packet: Buffer, end: number, count: number): { statuses: number[]; offset: number } | undefined {
  const statuses: number[] = [];
  let offset = headerBytes;
  while (statuses.length < count) {
    if (offset + 2 > end) return undefined;
    const chunk = packet.readUInt16BE(offset);
    offset += 2;
    if ((chunk & 0x8000) === 0) {
      const status = (chunk >> 13) & 3;
      for (let left = Math.min(chunk & 0x1fff, count - statuses.length); left > 0; left -= 1) statuses.push(status);
      // A run of nothing would never end.
      if ((chunk & 0x1fff) === 0) return undefined;
    } else {
      const [symbols, bits] = (chunk & 0x4000) === 0 ? [14, 1] : [7, 2];
      for (let index = 1; index <= symbols && statuses.length < count; index += 1)
        statuses.push((chunk >> (14 - index * bits)) & (2 ** bits - 1));
    }
  }
  return { statuses, offset };
}

/**
 * Reads one RTCP packet of transport-wide congestion feedback.
 *
 * @returns `undefined` for one that is truncated or uses a reserved status: nothing of it can be trusted.
 * @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 3.1
 */
export function readFeedback(packet: Buffer): FeedbackReport | undefined {
  if (packet.length < headerBytes || !isTransportFeedback(packet)) return undefined;
  const length = 4 * (packet.readUInt16BE(2) + 1);
  if (length > packet.length) return undefined;
  const padding = ((packet[0] ?? 0) & 0x20) === 0 ? 0 : (packet[length - 1] ?? 0);
  const end = length - padding;
  const first = packet.readUInt16BE(12);
  const count = packet.readUInt16BE(14);
  if (count > maxPackets || end < headerBytes) return undefined;
  const read = statusesOf(packet, end, count);
  if (read === undefined) return undefined;
  const packets: PacketReport[] = [];
  let { offset } = read;
  let ticks = 0;
  for (const [index, status] of read.statuses.entries()) {
    const sequenceNumber = (first + index) & 0xffff;
    if (status === 0) {
      packets.push({ sequenceNumber, arrivedAtMs: undefined });
      continue;
    }
    if (status === 3 || offset + status > end) return undefined;
    ticks += status === 1 ? packet.readUInt8(offset) : packet.readInt16BE(offset);
    offset += status;
    packets.push({ sequenceNumber, arrivedAtMs: ticks * tickMs });
  }
  return { count: packet[19] ?? 0, reference: packet.readUIntBE(16, 3), packets };
}
