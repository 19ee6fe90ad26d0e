import { isMedia, isRtcp, RTCDtlsTransport, type RtcpPacket, RtcpPacketConverter, RtpPacket } from 'werift';

/** What comes in over SRTP, decrypted. */
export interface PacketListener {
  rtp(packet: RtpPacket): void;
  rtcp(packet: RtcpPacket): void;
}

/** The packets of an RTCP compound. @see RFC 3550 § 6.1 */
function* packetsOf(compound: Buffer): Iterable<Buffer> {
  for (let start = 0; start + 4 <= compound.length; ) {
    const end = start + 4 * (compound.readUInt16BE(start + 2) + 1);
    yield compound.subarray(start, end);
    start = end;
  }
}

/**
 * werift's DTLS-SRTP transport, with an ear of its own: werift 0.25 reads every packet of an RTCP compound up to the end
 * of the compound, so a NACK with anything behind it asks for packets that nobody lost. Can go when werift reads the
 * length of each.
 */
export class SrtpTransport extends RTCDtlsTransport {
  listener: PacketListener | undefined;

  override startSrtp(): void {
    if (this.srtpStarted) return;
    this.srtpStarted = true;
    this.updateSrtpSession();
    this.iceTransport.connection.onData.subscribe((data) => {
      if (this.listener === undefined || !isMedia(data)) return;
      try {
        this.#received(data, this.listener);
      } catch {
        // It is not from the peer, or garbled.
      }
    });
  }

  #received(data: Buffer, listener: PacketListener): void {
    if (!isRtcp(data)) {
      listener.rtp(RtpPacket.deSerialize(this.srtp.decrypt(data)));
      return;
    }
    for (const single of packetsOf(this.srtcp.decrypt(data)))
      for (const packet of RtcpPacketConverter.deSerialize(single)) listener.rtcp(packet);
  }
}
