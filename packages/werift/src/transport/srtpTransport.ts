import { isMedia, isRtcp, RTCDtlsTransport, type RtcpPacket, RtcpPacketConverter, type RtpHeader } from 'werift';
import { packetsOf } from '../mends/compounds.ts';
import { Handshake } from '../mends/dtls/handshake.ts';
import { mend } from '../mends/mend.ts';
import type { ReceivedPacket } from './receivedPacket.ts';
import { RtpEncryption } from './rtpEncryption.ts';
import { RtcpDecryption, RtpDecryption } from './srtpDecryption.ts';

/** Listener for decrypted packets. */
export interface PacketListener {
  /** `atMs` is the arrival time, by the monotonic clock. */
  rtp(packet: ReceivedPacket, atMs: number): void;
  rtcp(packet: RtcpPacket, atMs: number): void;
  /** Handles an undecoded RTCP packet. Returns true if it is done; then {@link rtcp} is not called. */
  rtcpBytes(packet: Buffer, atMs: number): boolean;
}

/** AEAD_AES_128_GCM (RFC 7714) is preferred to AES128_CM_HMAC_SHA1_80 (RFC 5764): it needs one pass over a packet instead of two. */
const srtpProfiles = [7, 1] as const;

/**
 * Maximum number of handshake datagrams held until the handshake can start here. They come from the remote: ICE lets no others
 * through.
 */
const maxEarly = 8;

/** The datagrams that are DTLS. @see RFC 7983 § 7 */
const isDtls = ({ 0: first = 0 }: Buffer) => first > 19 && first < 64;

/** werift's DTLS-SRTP, with an ear of its own where that of werift 0.25 cannot be trusted. */
export class SrtpTransport extends RTCDtlsTransport {
  readonly #listener: PacketListener;
  readonly #early: Buffer[] = [];
  #handshake: Handshake | undefined;
  #encryption: RtpEncryption | undefined;
  #decryption: { readonly rtp: RtpDecryption; readonly rtcp: RtcpDecryption } | undefined;

  constructor(
    iceTransport: RTCDtlsTransport['iceTransport'],
    certificate: NonNullable<RTCDtlsTransport['localCertificate']>,
    listener: PacketListener,
  ) {
    super({}, iceTransport, certificate, [...srtpProfiles]);
    mend(this);
    this.#listener = listener;
    iceTransport.connection.onData.execute = (datagram) => {
      if (isMedia(datagram)) this.#media(datagram);
      else if (this.#handshake !== undefined) this.#handshake.receive(datagram);
      else if (isDtls(datagram) && this.#early.length < maxEarly) this.#early.push(datagram);
    };
  }

  /**
   * Starts the handshake. A remote whose ICE was faster has started it already, and would repeat its hello only after a second.
   *
   * Rejects if the handshake fails.
   */
  override async start(): Promise<void> {
    const started = super.start();
    const { connection } = this.iceTransport;
    if (this.dtls !== undefined) {
      const side = this.role === 'client' ? 'client' : 'server';
      this.#handshake = new Handshake(this.dtls, side, (datagram) => void connection.send(datagram).catch(() => {}));
      for (const datagram of this.#early.splice(0)) this.#handshake.receive(datagram);
    }
    await started;
  }

  /** Replaces werift's listener, which would also process RTP and RTCP. */
  override startSrtp(): void {
    if (this.srtpStarted) return;
    this.srtpStarted = true;
    this.updateSrtpSession();
    this.#decryption = { rtp: new RtpDecryption(this.srtp), rtcp: new RtcpDecryption(this.srtcp) };
  }

  #media(datagram: Buffer): void {
    if (this.#decryption === undefined) return;
    const { rtp, rtcp } = this.#decryption;
    const now = performance.now();
    try {
      if (isRtcp(datagram)) this.#rtcp(rtcp.decrypt(datagram), now);
      else this.#listener.rtp(rtp.decrypt(datagram), now);
    } catch {
      // It is not from the remote, was received before, or is garbled.
    }
  }

  #rtcp(plain: Buffer, atMs: number): void {
    for (const bytes of packetsOf(plain)) {
      if (this.#listener.rtcpBytes(bytes, atMs)) continue;
      for (const packet of RtcpPacketConverter.deSerialize(bytes)) this.#listener.rtcp(packet, atMs);
    }
  }

  /** Encrypts one RTP packet, once there are keys. */
  encrypt(payload: Buffer, header: RtpHeader): readonly Buffer[] {
    this.#encryption ??= new RtpEncryption(this.srtp);
    return this.#encryption.encrypt(payload, header);
  }

  /** Ends the association and notifies the remote. */
  end(): void {
    this.#handshake?.sendCloseNotify();
    this.#handshake?.close();
  }
}
