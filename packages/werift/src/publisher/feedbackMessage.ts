/** Arrival time of a packet in milliseconds of the monotonic clock, or `undefined` if it was not received. */
export type PacketArrival = number | undefined;

/** Content of a feedback message. */
export interface FeedbackContent {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** The number of the first packet. */
  readonly first: number;
  /** Of messages before this one. */
  readonly count: number;
  readonly packets: readonly PacketArrival[];
}

/** A message, or `undefined` if no packet arrived, and the number of packets that it covers. */
export interface WrittenFeedback {
  readonly bytes: Buffer | undefined;
  readonly told: number;
}

const packetType = 205;
const feedbackType = 15;
const headerBytes = 20;

/** One tick of a delta is 250 µs, one of the reference time 64 ms. */
const ticksPerMs = 4;
const ticksPerReference = 256;

/** Packet status symbols of two bits. */
const notReceived = 0;
const smallDelta = 1;
const largeDelta = 2;

const isSmall = (delta: number) => delta >= 0 && delta <= 0xff;
const isWritable = (delta: number) => delta >= -0x8000 && delta <= 0x7fff;

/** Packs what became of packets: runs of the same, and groups of seven where that changes. */
function chunksOf(statuses: readonly number[]): readonly number[] {
  const chunks: number[] = [];
  for (let start = 0; start < statuses.length; ) {
    const status = statuses[start] ?? notReceived;
    let length = 1;
    while (length < 0x1fff && statuses[start + length] === status) length += 1;
    if (length >= 7 || start + length === statuses.length) {
      chunks.push((status << 13) | length);
      start += length;
    } else {
      const symbols = [0, 1, 2, 3, 4, 5, 6].map(
        (index) => (statuses[start + index] ?? notReceived) << (12 - 2 * index),
      );
      chunks.push(symbols.reduce((vector, symbol) => vector | symbol, 0xc000));
      start += 7;
    }
  }
  return chunks;
}

/**
 * Writes one message of transport-wide congestion feedback.
 *
 * An own writer, since that of werift 0.25 neither pads to 32 bits nor rounds the reference time down, so that Chromium
 * reads garbage and stays at 300 kbit/s. Can go when Chromium reaches through werift's what it reaches peer to peer.
 *
 * @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 3.1
 */
export function writeFeedback({ senderSsrc, mediaSsrc, first, count, packets }: FeedbackContent): WrittenFeedback {
  const firstArrival = packets.find((arrival) => arrival !== undefined);
  if (firstArrival === undefined) return { bytes: undefined, told: packets.length };
  const reference = Math.floor((firstArrival * ticksPerMs) / ticksPerReference);
  const statuses: number[] = [];
  const deltas: number[] = [];
  let last = reference * ticksPerReference;
  for (const arrival of packets) {
    if (arrival === undefined) {
      statuses.push(notReceived);
      continue;
    }
    const ticks = Math.round(arrival * ticksPerMs);
    const delta = ticks - last;
    // The next message has another reference time.
    if (!isWritable(delta)) break;
    statuses.push(isSmall(delta) ? smallDelta : largeDelta);
    deltas.push(delta);
    last = ticks;
  }

  const chunks = chunksOf(statuses);
  const length = headerBytes + 2 * chunks.length + deltas.reduce((sum, delta) => sum + (isSmall(delta) ? 1 : 2), 0);
  const padding = (4 - (length % 4)) % 4;
  const bytes = Buffer.alloc(length + padding);
  bytes[0] = 0x80 | (padding > 0 ? 0x20 : 0) | feedbackType;
  bytes[1] = packetType;
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
  bytes.writeUInt32BE(senderSsrc, 4);
  bytes.writeUInt32BE(mediaSsrc, 8);
  bytes.writeUInt16BE(first & 0xffff, 12);
  bytes.writeUInt16BE(statuses.length, 14);
  bytes.writeUIntBE(reference & 0xff_ffff, 16, 3);
  bytes[19] = count;
  let offset = headerBytes;
  for (const chunk of chunks) offset = bytes.writeUInt16BE(chunk, offset);
  for (const delta of deltas)
    offset = isSmall(delta) ? bytes.writeUInt8(delta, offset) : bytes.writeInt16BE(delta, offset);
  if (padding > 0) bytes[bytes.length - 1] = padding;
  return { bytes, told: statuses.length };
}
