import { RtcpHeader, RtcpTransportLayerFeedback, type TransportWideCC } from 'werift';

/** The most packets one message reports, so that it fits a datagram. */
const maxPackets = 800;

/** Symbols of a packet status. @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 3.1.1 */
const notReceived = 0;
const smallDelta = 1;
const largeDelta = 2;

interface Arrival {
  readonly sequenceNumber: number;
  /** 250 µs ticks. */
  readonly at: number;
}

/**
 * Notes when the packets of a transport arrive, and writes that down for its sender, which adapts its bitrate to it.
 *
 * An own writer, since that of werift 0.25 does not pad to 32 bit and rounds the reference time: Chromium then reads
 * garbage and stays at 300 kbit/s. Can go when werift's feedback lets Chromium reach the bitrate it has peer to peer.
 *
 * @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 3.1
 */
export class TransportFeedback {
  #arrivals: Arrival[] = [];
  #highest = -1;
  #next = -1;
  #count = 0;

  /** Notes a packet. `atMs` is when it came, by the monotonic clock. */
  received(sequenceNumber: number, atMs: number): void {
    const unwrapped =
      this.#highest === -1 ? sequenceNumber : this.#highest + (((sequenceNumber - this.#highest) << 16) >> 16);
    if (unwrapped > this.#highest) this.#highest = unwrapped;
    this.#arrivals.push({ sequenceNumber: unwrapped, at: Math.round(atMs * 4) });
  }

  /** The messages since the last call, none if nothing came. */
  flush(senderSsrc: number, mediaSsrc: number): readonly Buffer[] {
    if (this.#arrivals.length === 0) return [];
    const arrivals = this.#arrivals.sort((one, other) => one.sequenceNumber - other.sequenceNumber);
    this.#arrivals = [];
    const messages: Buffer[] = [];
    // What came late, after others were reported as lost, is reported again from there.
    const first = arrivals[0]?.sequenceNumber ?? 0;
    let base = this.#next === -1 ? first : Math.min(this.#next, first);
    // A jump ahead is a new start, not a loss to be listed.
    if (first - base > maxPackets) base = first;
    let index = 0;
    while (index < arrivals.length) {
      const statuses: number[] = [];
      const deltas: number[] = [];
      let reference = -1;
      let last = 0;
      let sequenceNumber = base;
      while (index < arrivals.length && statuses.length < maxPackets) {
        const arrival = arrivals[index];
        if (arrival === undefined) break;
        if (arrival.sequenceNumber < sequenceNumber) {
          index += 1;
          continue;
        }
        if (arrival.sequenceNumber > sequenceNumber) {
          statuses.push(notReceived);
          sequenceNumber += 1;
          continue;
        }
        if (reference === -1) {
          reference = Math.floor(arrival.at / 256);
          last = reference * 256;
        }
        const delta = arrival.at - last;
        if (delta < -0x8000 || delta > 0x7fff) break;
        last = arrival.at;
        statuses.push(delta >= 0 && delta <= 255 ? smallDelta : largeDelta);
        deltas.push(delta);
        sequenceNumber += 1;
        index += 1;
      }
      if (reference !== -1) {
        messages.push(message(senderSsrc, mediaSsrc, base, reference, this.#count, statuses, deltas));
        this.#count = (this.#count + 1) & 0xff;
      }
      base = sequenceNumber;
    }
    this.#next = this.#highest + 1;
    return messages;
  }
}

/** Packs packet statuses: runs of one status, and vectors of seven where they change. */
function chunksOf(statuses: readonly number[]): readonly number[] {
  const chunks: number[] = [];
  for (let start = 0; start < statuses.length; ) {
    const status = statuses[start] ?? notReceived;
    let end = start + 1;
    while (end < statuses.length && statuses[end] === status && end - start < 0x1fff) end += 1;
    if (end - start >= 7 || end === statuses.length) {
      chunks.push((status << 13) | (end - start));
      start = end;
    } else {
      let vector = 0xc000;
      for (let symbol = 0; symbol < 7; symbol += 1)
        vector |= (statuses[start + symbol] ?? notReceived) << (12 - 2 * symbol);
      chunks.push(vector);
      start += 7;
    }
  }
  return chunks;
}

function message(
  senderSsrc: number,
  mediaSsrc: number,
  base: number,
  reference: number,
  count: number,
  statuses: readonly number[],
  deltas: readonly number[],
): Buffer {
  const chunks = chunksOf(statuses);
  const deltaBytes = deltas.reduce((sum, delta) => sum + (delta >= 0 && delta <= 255 ? 1 : 2), 0);
  const unpadded = 20 + 2 * chunks.length + deltaBytes;
  const length = (unpadded + 3) & ~3;
  const buffer = Buffer.alloc(length);
  const padding = length - unpadded;
  buffer[0] = 0x80 | (padding > 0 ? 0x20 : 0) | 15;
  buffer[1] = 205;
  buffer.writeUInt16BE(length / 4 - 1, 2);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 8);
  buffer.writeUInt16BE(base & 0xffff, 12);
  buffer.writeUInt16BE(statuses.length, 14);
  buffer.writeUIntBE(reference & 0xff_ffff, 16, 3);
  buffer[19] = count;
  let offset = 20;
  for (const chunk of chunks) offset = buffer.writeUInt16BE(chunk, offset);
  for (const delta of deltas)
    offset = delta >= 0 && delta <= 255 ? buffer.writeUInt8(delta, offset) : buffer.writeInt16BE(delta, offset);
  if (padding > 0) buffer[length - 1] = padding;
  return buffer;
}

/** A feedback message as werift sends RTCP. */
export const asRtcp = (bytes: Buffer): RtcpTransportLayerFeedback =>
  new RtcpTransportLayerFeedback({
    feedback: { serialize: () => bytes } as TransportWideCC,
    header: new RtcpHeader({}),
  });
