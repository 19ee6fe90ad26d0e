import {
  isMedia,
  isRtcp,
  RTCDtlsTransport,
  type RtcpPacket,
  RtcpPacketConverter,
  type RtpHeader,
  RtpPacket,
} from 'werift';
import { packetsOf } from '../mends/compounds.ts';
import { Handshake } from '../mends/dtls/handshake.ts';
import { mend } from '../mends/mend.ts';
import { RtpEncryption } from './rtpEncryption.ts';
import { RtcpDecryption, RtpDecryption } from './srtpDecryption.ts';

/** What comes in over SRTP, decrypted. */
export interface PacketListener {
  /** `atMs` is when it came, by the monotonic clock. */
  rtp(packet: RtpPacket, atMs: number): void;
  rtcp(packet: RtcpPacket, atMs: number): void;
  /** Hears an RTCP packet as it came. Says whether it has dealt with it: then {@link rtcp} does not hear it. */
  rtcpBytes(packet: Buffer, atMs: number): boolean;
}

/** AEAD_AES_128_GCM (RFC 7714) before AES128_CM_HMAC_SHA1_80 (RFC 5764): one pass over a packet instead of two. */
const srtpProfiles = [7, 1] as const;

/** The most datagrams of a handshake that are kept until it can begin here. They are the remote's: ICE lets no others through. */
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
   * Begins the handshake. A peer whose ICE was faster has begun it already, and would repeat that after a second.
   *
   * Rejects when it fails.
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

  /** Takes the place of werift's ear, which hears RTP and RTCP too. */
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
      else this.#listener.rtp(RtpPacket.deSerialize(rtp.decrypt(datagram)), now);
    } catch {
      // It is not from the peer, was received before, or is garbled.
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

  /** Ends the association, and tells the remote. */
  end(): void {
    this.#handshake?.sendCloseNotify();
    this.#handshake?.close();
  }
}
