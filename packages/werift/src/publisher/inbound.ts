import type { RtcpReceiverInfo, RtcpSrPacket } from 'werift';
import { type DescribedSources, noSources } from '../sdp/sources.ts';
import type { Encoding } from '../source/encoding.ts';
import type { ReceivedPacket } from '../transport/receivedPacket.ts';
import { MissingPackets } from './missingPackets.ts';
import { Reception } from './reception.ts';

/**
 * Time a source must be silent before another one of the same description, or one that was replaced, takes its place.
 * Milliseconds.
 */
const silenceMs = 1_000;

/** The most replaced sources that are remembered. */
const maxReplaced = 64;

/** Maximum distance from the last packet of a source for an undescribed retransmission to count as one of that source. */
const maxRepeatDistance = 2_048;

/** The distance of one 16-bit number from another, which is negative if it is behind it. @see RFC 1982 § 3.2 */
const distance = (number: number, from: number) => ((number - from) << 16) >> 16;

/** One source of a track: a publisher may replace it by another, which starts its own count. */
interface InboundSource {
  readonly ssrc: number;
  readonly reception: Reception;
  readonly missing: MissingPackets;
  /** Offset that makes the track continue its count after a change of source. */
  readonly sequenceOffset: number;
  readonly timestampOffset: number;
  /** The track's first number of this source, not wrapped; that of the track's first source has no limit. */
  readonly first: number;
}

/**
 * Receiving side of one track, including retransmissions.
 *
 * A track has one source at a time: counters, clocks and pictures of two sources cannot be merged (RFC 3550 § 8).
 */
export class Inbound {
  readonly encoding: Encoding;
  /** Sources in the latest description. */
  described: DescribedSources = noSources;
  #source: InboundSource | undefined;
  readonly #replaced = new Set<number>();
  /** The source that each undescribed source of retransmissions repeats. */
  readonly #repeats = new Map<number, number>();
  #heardAtMs = 0;

  constructor(encoding: Encoding) {
    this.encoding = encoding;
  }

  /** The source that sends now, `undefined` before its first packet. */
  get ssrc(): number | undefined {
    return this.#source?.ssrc;
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
      const source = this.#source?.ssrc === ssrc ? this.#source : this.#begin(packet, atMs);
      source.reception.count(sequenceNumber, timestamp, atMs);
      this.#forward(packet, source, atMs, descriptor);
    } else if (payloadType === codec.rtxPayloadType && this.#source !== undefined && packet.payload.length > 2) {
      // A packet without payload is a bandwidth probe of the publisher.
      const repeated = packet.repeated(codec.payloadType, this.#source.ssrc);
      if (this.#isRepeatOf(this.#source, ssrc, repeated)) this.#forward(repeated, this.#source, atMs, descriptor);
    }
  }

  /** True if a packet is of another layer of what is received already, or of a source that was replaced and is late. */
  #isIgnored(ssrc: number, atMs: number): boolean {
    if (this.#source === undefined || this.#source.ssrc === ssrc) return false;
    if (atMs - this.#heardAtMs >= silenceMs) return false;
    const { ssrcs } = this.described;
    return this.#replaced.has(ssrc) || (ssrcs.includes(ssrc) && ssrcs.includes(this.#source.ssrc));
  }

  /** True if a retransmission repeats the source that sends now. */
  #isRepeatOf({ ssrc, sequenceOffset }: InboundSource, rtxSsrc: number, { sequenceNumber }: ReceivedPacket): boolean {
    const known = this.described.repeats.get(rtxSsrc) ?? this.#repeats.get(rtxSsrc);
    if (known !== undefined) return known === ssrc;
    const number = sequenceNumber + sequenceOffset;
    if (Math.abs(distance(number, this.encoding.last?.number ?? number)) > maxRepeatDistance) return false;
    if (this.#repeats.size < maxReplaced) this.#repeats.set(rtxSsrc, ssrc);
    return true;
  }

  #begin({ ssrc, sequenceNumber, timestamp }: ReceivedPacket, atMs: number): InboundSource {
    const { codec, last } = this.encoding;
    const { clockRate } = codec.codec;
    if (this.#source !== undefined) this.#replace(this.#source.ssrc);
    this.#replaced.delete(ssrc);
    this.#source = {
      ssrc,
      reception: new Reception(ssrc, clockRate),
      // A packet that is not retransmitted may still be late: it is abandoned when its second request would be due.
      missing: new MissingPackets(this.#isRepaired ? undefined : 1),
      sequenceOffset: last === undefined ? 0 : last.number + 1 - sequenceNumber,
      timestampOffset:
        last === undefined ? 0 : last.timestamp + Math.round(((atMs - last.atMs) * clockRate) / 1000) - timestamp,
      first: last === undefined ? Number.NEGATIVE_INFINITY : last.number + 1,
    };
    // The following frames do not refer to frames of the previous source.
    if (last !== undefined) this.encoding.requestKeyFrame();
    return this.#source;
  }

  #replace(ssrc: number): void {
    const [oldest] = this.#replaced;
    if (oldest !== undefined && this.#replaced.size === maxReplaced) this.#replaced.delete(oldest);
    this.#replaced.add(ssrc);
  }

  #forward(packet: ReceivedPacket, source: InboundSource, atMs: number, descriptor: Buffer | undefined): void {
    const { sequenceNumber, payload, marker } = packet;
    const number = this.#unwrap(sequenceNumber + source.sequenceOffset);
    // The numbers before are those of another source.
    if (number < source.first) return;
    source.missing.received(sequenceNumber);
    if (source.missing.takeBroken()) this.encoding.requestKeyFrame();
    const timestamp = (packet.timestamp + source.timestampOffset) >>> 0;
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
    return this.#source?.missing.isEmpty === false;
  }

  /** The packets to request again now. */
  missing(atMs: number): readonly number[] {
    const due = this.#source?.missing.due(atMs) ?? [];
    return this.#isRepaired ? due : [];
  }

  heard({ ssrc, senderInfo: { ntpTimestamp: ntp, rtpTimestamp } }: RtcpSrPacket, atMs: number): void {
    if (this.#source?.ssrc !== ssrc) return;
    this.#source.reception.heard(ntp, atMs);
    this.encoding.clock = { ntp, rtpTimestamp: (rtpTimestamp + this.#source.timestampOffset) >>> 0, atMs };
  }

  report(atMs: number): RtcpReceiverInfo | undefined {
    return this.#source?.reception.report(atMs);
  }
}
