import type { RtcpReceiverInfo, RtcpSrPacket } from 'werift';
import { type DescribedSsrcs, noSsrcs } from '../sdp/ssrcs.ts';
import type { Encoding } from '../source/encoding.ts';
import type { ReceivedPacket } from '../transport/receivedPacket.ts';
import { MissingPackets } from './missingPackets.ts';
import { Reception } from './reception.ts';

/**
 * Time an SSRC must be silent before another one of the same description, or one that was replaced, takes its place.
 * Milliseconds.
 */
const silenceMs = 1_000;

/** The most replaced SSRCs that are remembered. */
const maxReplaced = 64;

/** Maximum distance from the last packet of an SSRC for an undescribed retransmission to count as one of that SSRC. */
const maxRepeatDistance = 2_048;

/** The distance of one 16-bit number from another, which is negative if it is behind it. @see RFC 1982 § 3.2 */
const distance = (number: number, from: number) => ((number - from) << 16) >> 16;

/** One SSRC of a track: a publisher may replace it by another, which starts its own count. */
interface InboundSsrc {
  readonly ssrc: number;
  readonly reception: Reception;
  readonly missing: MissingPackets;
  /** Offset that makes the track continue its count after a change of SSRC. */
  readonly sequenceOffset: number;
  readonly timestampOffset: number;
  /** The track's first number of this SSRC, not wrapped; that of the track's first SSRC has no limit. */
  readonly first: number;
}

/**
 * Receiving side of one track, including retransmissions.
 *
 * A track has one SSRC at a time: counters, clocks and pictures of two SSRCs cannot be merged (RFC 3550 § 8).
 */
export class Inbound {
  readonly encoding: Encoding;
  /** SSRCs in the latest description. */
  described: DescribedSsrcs = noSsrcs;
  #current: InboundSsrc | undefined;
  readonly #replaced = new Set<number>();
  /** The SSRC that each undescribed SSRC of retransmissions repeats. */
  readonly #repeats = new Map<number, number>();
  #heardAtMs = 0;

  constructor(encoding: Encoding) {
    this.encoding = encoding;
  }

  /** The SSRC that sends now, `undefined` before its first packet. */
  get ssrc(): number | undefined {
    return this.#current?.ssrc;
  }

  /** True if a payload type is of this track. */
  takes(payloadType: number): boolean {
    const { codec } = this.encoding;
    return payloadType === codec.payloadType || payloadType === codec.rtxPayloadType;
  }

  received(packet: ReceivedPacket, atMs: number, descriptor?: Buffer): void {
    const { codec } = this.encoding;
    const { payloadType, ssrc, sequenceNumber, timestamp } = packet;
    if (payloadType === codec.payloadType) {
      if (this.#isIgnored(ssrc, atMs)) return;
      const from = this.#current?.ssrc === ssrc ? this.#current : this.#begin(packet, atMs);
      from.reception.count(sequenceNumber, timestamp, atMs);
      this.#forward(packet, from, atMs, descriptor);
    } else if (payloadType === codec.rtxPayloadType && this.#current !== undefined && packet.payload.length > 2) {
      // A packet without payload is a bandwidth probe of the publisher.
      const repeated = packet.repeated(codec.payloadType, this.#current.ssrc);
      if (this.#isRepeatOf(this.#current, ssrc, repeated)) this.#forward(repeated, this.#current, atMs, descriptor);
    }
  }

  /** True if a packet is of another layer of what is received already, or of an SSRC that was replaced and is late. */
  #isIgnored(ssrc: number, atMs: number): boolean {
    if (this.#current === undefined || this.#current.ssrc === ssrc) return false;
    if (atMs - this.#heardAtMs >= silenceMs) return false;
    const { ssrcs } = this.described;
    return this.#replaced.has(ssrc) || (ssrcs.includes(ssrc) && ssrcs.includes(this.#current.ssrc));
  }

  /** True if a retransmission repeats the SSRC that sends now. */
  #isRepeatOf({ ssrc, sequenceOffset }: InboundSsrc, rtxSsrc: number, { sequenceNumber }: ReceivedPacket): boolean {
    const known = this.described.repeats.get(rtxSsrc) ?? this.#repeats.get(rtxSsrc);
    if (known !== undefined) return known === ssrc;
    const number = sequenceNumber + sequenceOffset;
    if (Math.abs(distance(number, this.encoding.last?.number ?? number)) > maxRepeatDistance) return false;
    if (this.#repeats.size < maxReplaced) this.#repeats.set(rtxSsrc, ssrc);
    return true;
  }

  #begin({ ssrc, sequenceNumber, timestamp }: ReceivedPacket, atMs: number): InboundSsrc {
    const { codec, last } = this.encoding;
    const { clockRate } = codec.codec;
    if (this.#current !== undefined) this.#replace(this.#current.ssrc);
    this.#replaced.delete(ssrc);
    this.#current = {
      ssrc,
      reception: new Reception(ssrc, clockRate),
      // A packet that is not retransmitted may still be late: it is abandoned when its second request would be due.
      missing: new MissingPackets(this.#isRepaired ? undefined : 1),
      sequenceOffset: last === undefined ? 0 : last.number + 1 - sequenceNumber,
      timestampOffset:
        last === undefined ? 0 : last.timestamp + Math.round(((atMs - last.atMs) * clockRate) / 1000) - timestamp,
      first: last === undefined ? Number.NEGATIVE_INFINITY : last.number + 1,
    };
    // The following frames do not refer to frames of the previous SSRC.
    if (last !== undefined) this.encoding.requestKeyFrame();
    return this.#current;
  }

  #replace(ssrc: number): void {
    const [oldest] = this.#replaced;
    if (oldest !== undefined && this.#replaced.size === maxReplaced) this.#replaced.delete(oldest);
    this.#replaced.add(ssrc);
  }

  #forward(packet: ReceivedPacket, from: InboundSsrc, atMs: number, descriptor: Buffer | undefined): void {
    const { sequenceNumber, payload, marker } = packet;
    const number = this.#unwrap(sequenceNumber + from.sequenceOffset);
    // The numbers before are those of another SSRC.
    if (number < from.first) return;
    from.missing.received(sequenceNumber);
    if (from.missing.takeBroken()) this.encoding.requestKeyFrame();
    const timestamp = (packet.timestamp + from.timestampOffset) >>> 0;
    if (this.encoding.last === undefined || number >= this.encoding.last.number)
      this.encoding.last = { number, timestamp, atMs };
    this.#heardAtMs = atMs;
    this.encoding.receive({ sequenceNumber: number & 0xffff, timestamp, marker, payload, descriptor }, atMs);
  }

  /** The number of the track that is nearest to its last. */
  #unwrap(number: number): number {
    const { number: last = number } = this.encoding.last ?? {};
    return last + distance(number, last);
  }

  /** True if the publisher answers NACKs. Audio is not repaired: it would arrive too late. */
  get #isRepaired(): boolean {
    return this.encoding.codec.feedback.includes('nack');
  }

  /** True if packets are missing and still to be requested or abandoned. */
  get isIncomplete(): boolean {
    return this.#current?.missing.isEmpty === false;
  }

  /** The packets to request again now. */
  missing(atMs: number): readonly number[] {
    const due = this.#current?.missing.due(atMs) ?? [];
    return this.#isRepaired ? due : [];
  }

  heard({ ssrc, senderInfo: { ntpTimestamp: ntp, rtpTimestamp } }: RtcpSrPacket, atMs: number): void {
    if (this.#current?.ssrc !== ssrc) return;
    this.#current.reception.heard(ntp, atMs);
    this.encoding.clock = { ntp, rtpTimestamp: (rtpTimestamp + this.#current.timestampOffset) >>> 0, atMs };
  }

  report(atMs: number): RtcpReceiverInfo | undefined {
    return this.#current?.reception.report(atMs);
  }
}
