import { RtcpSenderInfo, RtcpSrPacket } from 'werift';
import type { LocalTrack } from '../sdp/localDescription.ts';
import type { MediaPacket } from '../source/history.ts';
import type { PacketReceiver, Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import { OutgoingHeader } from './outgoingHeader.ts';

/** What a player's answer says of one section. */
export interface Negotiated {
  readonly mid: string;
  readonly payloadType: number;
  readonly rtxPayloadType: number | undefined;
  readonly midId: number | undefined;
}

/** Sends one track to one player. */
export class Forwarder implements PacketReceiver {
  readonly track: Track;
  readonly ssrc: number;
  readonly #transport: Transport;
  readonly #header: OutgoingHeader;
  readonly #rtxHeader: OutgoingHeader | undefined;
  #packets = 0;
  #octets = 0;
  #rtxSequenceNumber = Math.floor(Math.random() * 0x8000);
  #offset: number | undefined;

  constructor(track: Track, transport: Transport, { ssrc, rtxSsrc }: LocalTrack, negotiated: Negotiated) {
    const { mid, payloadType, rtxPayloadType, midId } = negotiated;
    this.track = track;
    this.ssrc = ssrc;
    this.#transport = transport;
    this.#header = new OutgoingHeader(ssrc, payloadType, mid, midId);
    if (rtxSsrc !== undefined && rtxPayloadType !== undefined)
      this.#rtxHeader = new OutgoingHeader(rtxSsrc, rtxPayloadType, mid, midId);
  }

  forward({ sequenceNumber, timestamp, marker, payload }: MediaPacket): void {
    // The first number is in the lower half, so that a player which misses the first packets still counts the same
    // rollovers. @see RFC 3711 § 3.3.1
    this.#offset ??= Math.floor(Math.random() * 0x8000) - sequenceNumber;
    this.#packets += 1;
    this.#octets += payload.length;
    this.#transport.sendRtp(payload, this.#header.set((sequenceNumber + this.#offset) & 0xffff, timestamp, marker));
  }

  /** Sends packets again that the player misses. `false` when one of them cannot be had any more. */
  retransmit(lost: readonly number[]): boolean {
    let complete = true;
    for (const outgoing of lost) {
      const packet = this.track.history.get((outgoing - (this.#offset ?? 0)) & 0xffff);
      if (packet === undefined) complete = false;
      else this.#retransmit(packet, outgoing & 0xffff);
    }
    return complete;
  }

  #retransmit({ timestamp, marker, payload }: MediaPacket, sequenceNumber: number): void {
    if (this.#rtxHeader === undefined) {
      this.#transport.sendRtp(payload, this.#header.set(sequenceNumber, timestamp, marker));
      return;
    }
    const original = Buffer.allocUnsafe(2 + payload.length);
    original.writeUInt16BE(sequenceNumber);
    payload.copy(original, 2);
    this.#rtxSequenceNumber = (this.#rtxSequenceNumber + 1) & 0xffff;
    this.#transport.sendRtp(original, this.#rtxHeader.set(this.#rtxSequenceNumber, timestamp, marker));
  }

  /** The sender report of now, by the clock of the publisher, which all its tracks share. */
  report(atMs: number): RtcpSrPacket | undefined {
    const { clock, mapping } = this.track;
    if (clock === undefined || this.#packets === 0) return undefined;
    const elapsedMs = atMs - clock.atMs;
    return new RtcpSrPacket({
      ssrc: this.ssrc,
      senderInfo: new RtcpSenderInfo({
        ntpTimestamp: (clock.ntp + BigInt(Math.round((elapsedMs * 2 ** 32) / 1000))) & 0xffff_ffff_ffff_ffffn,
        rtpTimestamp: (clock.rtpTimestamp + Math.round((elapsedMs * mapping.codec.clockRate) / 1000)) >>> 0,
        packetCount: this.#packets >>> 0,
        octetCount: this.#octets >>> 0,
      }),
    });
  }
}
