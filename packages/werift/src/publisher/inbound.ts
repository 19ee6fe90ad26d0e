import { type RtcpReceiverInfo, type RtcpSrPacket, type RtpPacket, unwrapRtx } from 'werift';
import type { MediaPacket } from '../source/history.ts';
import type { Track } from '../source/track.ts';
import { MissingPackets } from './missingPackets.ts';
import { Reception } from './reception.ts';

/** One source of a track: a publisher may replace it by another, which counts anew. */
interface InboundSource {
  readonly ssrc: number;
  readonly reception: Reception;
  readonly missing: MissingPackets;
  /** What to add so that the track goes on counting where the source before left off. */
  readonly sequenceOffset: number;
  readonly timestampOffset: number;
}

/** What a publisher sends of one track, and what it sends again. */
export class Inbound {
  readonly track: Track;
  #source: InboundSource | undefined;
  #last: MediaPacket | undefined;
  #lastAtMs = 0;

  constructor(track: Track) {
    this.track = track;
  }

  /** The source that sends now, `undefined` before its first packet. */
  get ssrc(): number | undefined {
    return this.#source?.ssrc;
  }

  /** Whether a payload type is of this track. */
  takes(payloadType: number): boolean {
    const { codec } = this.track;
    return payloadType === codec.payloadType || payloadType === codec.rtxPayloadType;
  }

  received(packet: RtpPacket, atMs: number): void {
    const { codec } = this.track;
    const { payloadType, ssrc, sequenceNumber, timestamp } = packet.header;
    if (payloadType === codec.payloadType) {
      const source = this.#source?.ssrc === ssrc ? this.#source : this.#begin(packet, atMs);
      source.reception.count(sequenceNumber, timestamp, atMs);
      this.#forward(packet, source, atMs);
    } else if (payloadType === codec.rtxPayloadType && this.#source !== undefined && packet.payload.length > 2) {
      // What has no payload is a probe of the publisher's bandwidth.
      this.#forward(unwrapRtx(packet, codec.payloadType, this.#source.ssrc), this.#source, atMs);
    }
  }

  #begin({ header: { ssrc, sequenceNumber, timestamp } }: RtpPacket, atMs: number): InboundSource {
    const { clockRate } = this.track.codec.codec;
    const last = this.#last;
    const elapsed = Math.round(((atMs - this.#lastAtMs) * clockRate) / 1000);
    this.#source = {
      ssrc,
      reception: new Reception(ssrc, clockRate),
      // One that is not sent again may still be late: it is given up when it would be asked for a second time.
      missing: new MissingPackets(this.#isRepaired ? undefined : 1),
      sequenceOffset: last === undefined ? 0 : last.sequenceNumber + 1 - sequenceNumber,
      timestampOffset: last === undefined ? 0 : last.timestamp + elapsed - timestamp,
    };
    return this.#source;
  }

  #forward({ header, payload }: RtpPacket, source: InboundSource, atMs: number): void {
    source.missing.received(header.sequenceNumber);
    if (source.missing.takeBroken()) this.track.requestKeyFrame();
    const packet = {
      sequenceNumber: (header.sequenceNumber + source.sequenceOffset) & 0xffff,
      timestamp: (header.timestamp + source.timestampOffset) >>> 0,
      marker: header.marker,
      payload,
    };
    this.#last = packet;
    this.#lastAtMs = atMs;
    this.track.receive(packet);
  }

  /** Whether the publisher sends again what is asked for. Audio is not repaired: it would come too late. */
  get #isRepaired(): boolean {
    return this.track.codec.feedback.includes('nack');
  }

  /** The packets to ask for again now. */
  missing(atMs: number): readonly number[] {
    const due = this.#source?.missing.due(atMs) ?? [];
    return this.#isRepaired ? due : [];
  }

  heard({ senderInfo: { ntpTimestamp: ntp, rtpTimestamp } }: RtcpSrPacket, atMs: number): void {
    if (this.#source === undefined) return;
    this.#source.reception.heard(ntp, atMs);
    this.track.clock = { ntp, rtpTimestamp: (rtpTimestamp + this.#source.timestampOffset) >>> 0, atMs };
  }

  report(atMs: number): RtcpReceiverInfo | undefined {
    return this.#source?.reception.report(atMs);
  }
}
