import { type RtcpSrPacket, type RtpPacket, unwrapRtx } from 'werift';
import type { Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import { Missing } from './missing.ts';
import { Reception } from './reception.ts';

/** What a publisher sends of one track: one source, and its retransmissions. */
export class Inbound {
  readonly track: Track;
  readonly transport: Transport;
  reception: Reception | undefined;
  readonly #missing = new Missing();

  constructor(track: Track, transport: Transport) {
    this.track = track;
    this.transport = transport;
  }

  /** The source of the track, known from its first packet on. */
  get ssrc(): number | undefined {
    return this.reception?.ssrc;
  }

  takes(payloadType: number): boolean {
    const { mapping } = this.track;
    return payloadType === mapping.payloadType || payloadType === mapping.rtxPayloadType;
  }

  received(packet: RtpPacket, atMs: number): void {
    const { mapping } = this.track;
    const { header } = packet;
    if (header.payloadType === mapping.rtxPayloadType) {
      // Probes of the sender are retransmissions of nothing.
      if (packet.payload.length <= 2 || this.ssrc === undefined) return;
      this.#forward(unwrapRtx(packet, mapping.payloadType, this.ssrc));
    } else if (header.payloadType === mapping.payloadType) {
      if (header.ssrc !== this.ssrc) this.reception = new Reception(header.ssrc, mapping.codec.clockRate);
      this.reception?.count(header.sequenceNumber, header.timestamp, atMs);
      this.#forward(packet);
    }
  }

  #forward({ header: { sequenceNumber, timestamp, marker }, payload }: RtpPacket): void {
    this.#missing.received(sequenceNumber);
    this.track.receive({ sequenceNumber, timestamp, marker, payload });
  }

  /** The packets to ask for again now. */
  missing(atMs: number): readonly number[] {
    return this.track.kind === 'video' ? this.#missing.due(atMs) : [];
  }

  heard({ senderInfo: { ntpTimestamp: ntp, rtpTimestamp } }: RtcpSrPacket, atMs: number): void {
    this.reception?.heard(ntp, atMs);
    this.track.clock = { ntp, rtpTimestamp, atMs };
  }
}
