import {
  isMedia,
  isRtcp,
  RTCDtlsTransport,
  type RtcpPacket,
  RtcpPacketConverter,
  type RtpHeader,
  RtpPacket,
} from 'werift';
import { countRecords } from './recordNumbers.ts';
import { countRollover } from './rollover.ts';
import { RtpEncryption } from './rtpEncryption.ts';

/** What comes in over SRTP, decrypted. */
export interface PacketListener {
  /** `atMs` is when it came, by the monotonic clock. */
  rtp(packet: RtpPacket, atMs: number): void;
  rtcp(packet: RtcpPacket, atMs: number): void;
}

/** AEAD_AES_128_GCM (RFC 7714) before AES128_CM_HMAC_SHA1_80 (RFC 5764): one pass over a packet instead of two. */
const srtpProfiles = [7, 1] as const;

/** The content type of an alert, and `close_notify` as a warning. @see RFC 5246 § 7.2 */
const alertType = 21;
const closeNotify = Buffer.from([1, 0]);

/** The most datagrams of a handshake that are kept until it can begin here. */
const maxEarly = 8;

/** The packets of an RTCP compound. @see RFC 3550 § 6.1 */
function* packetsOf(compound: Buffer): Iterable<Buffer> {
  for (let start = 0; start + 4 <= compound.length; ) {
    const end = start + 4 * (compound.readUInt16BE(start + 2) + 1);
    yield compound.subarray(start, end);
    start = end;
  }
}

/** The records of a DTLS datagram that are encrypted. @see RFC 6347 § 4.1 */
export function* encryptedRecordsOf(datagram: Buffer): Iterable<Buffer> {
  for (let start = 0; start + 13 <= datagram.length; ) {
    const end = start + 13 + datagram.readUInt16BE(start + 11);
    if (datagram.readUInt16BE(start + 3) > 0) yield datagram.subarray(start, end);
    start = end;
  }
}

/**
 * Whether a datagram asks a DTLS client for its cookie once more, since its first hello was slow and came twice.
 *
 * werift 0.25 ends the handshake then. Can go when it passes over the second, as RFC 6347 § 4.2.1 has it.
 */
export const isRepeatedVerifyRequest = (datagram: Buffer, { dtls }: RTCDtlsTransport): boolean =>
  datagram.length > 13 &&
  datagram[0] === 22 &&
  // In a later epoch, what follows the header is encrypted.
  datagram.readUInt16BE(3) === 0 &&
  datagram[13] === 3 &&
  dtls !== undefined &&
  dtls.dtls.flight >= 3;

/** werift's DTLS-SRTP, with an ear of its own where that of werift 0.25 cannot be trusted. */
export class SrtpTransport extends RTCDtlsTransport {
  readonly #listener: PacketListener;
  readonly #receive: (datagram: Buffer) => void;
  readonly #early: Buffer[] = [];
  #encryption: RtpEncryption | undefined;

  constructor(
    iceTransport: RTCDtlsTransport['iceTransport'],
    certificate: NonNullable<RTCDtlsTransport['localCertificate']>,
    listener: PacketListener,
  ) {
    super({}, iceTransport, certificate, [...srtpProfiles]);
    this.#listener = listener;
    const { onData } = iceTransport.connection;
    this.#receive = onData.execute;
    onData.execute = (datagram) => {
      if (isMedia(datagram)) this.#media(datagram);
      else if (this.state === 'new') this.#keep(datagram);
      else if (isRepeatedVerifyRequest(datagram, this)) return;
      else if (this.state !== 'connected') this.#receive(datagram);
      // Anyone who knows the port can send what is not encrypted: werift takes an alert for a goodbye and a hello for a
      // new handshake. Can go when it minds the epoch. What is encrypted may be the peer's Finished once more, in one
      // datagram with the rest of its flight: it has not heard the answer, and would wait for it in vain.
      else for (const record of encryptedRecordsOf(datagram)) this.#receive(record);
    };
  }

  /**
   * Begins the handshake. A peer whose ICE was faster has begun it already, and would repeat that after a second.
   *
   * Rejects when it fails.
   */
  override async start(): Promise<void> {
    const started = super.start();
    if (this.dtls !== undefined) countRecords(this.dtls);
    for (const datagram of this.#early.splice(0)) this.#receive(datagram);
    await started;
  }

  #keep(datagram: Buffer): void {
    if (this.#early.length < maxEarly) this.#early.push(datagram);
  }

  /** Takes the place of werift's ear, which hears RTP and RTCP too. */
  override startSrtp(): void {
    if (this.srtpStarted) return;
    this.srtpStarted = true;
    this.updateSrtpSession();
  }

  #media(datagram: Buffer): void {
    if (!this.srtpStarted) return;
    const now = performance.now();
    try {
      if (isRtcp(datagram)) this.#rtcp(datagram, now);
      else this.#listener.rtp(RtpPacket.deSerialize(this.#decrypt(datagram)), now);
    } catch {
      // It is not from the peer, or garbled.
    }
  }

  #decrypt(datagram: Buffer): Buffer {
    try {
      return this.srtp.decrypt(datagram);
    } catch (error) {
      const state = this.srtp.remoteContext.srtpSSRCStates[datagram.readUInt32BE(8)];
      const before = { ...state };
      if (state === undefined || !countRollover(state, datagram.readUInt16BE(2))) throw error;
      try {
        return this.srtp.decrypt(datagram);
      } catch {
        Object.assign(state, before);
        throw error;
      }
    }
  }

  /**
   * werift reads each packet of a compound up to the end of the compound, so that a NACK with anything behind it asks for
   * packets that nobody lost. Can go when it reads the length of each.
   */
  #rtcp(datagram: Buffer, atMs: number): void {
    for (const bytes of packetsOf(this.srtcp.decrypt(datagram)))
      for (const packet of RtcpPacketConverter.deSerialize(bytes)) this.#listener.rtcp(packet, atMs);
  }

  /** Encrypts one RTP packet, once there are keys. */
  encrypt(payload: Buffer, header: RtpHeader): Buffer {
    this.#encryption ??= new RtpEncryption(this.srtp);
    return this.#encryption.encrypt(payload, header);
  }

  /** Tells the peer that this is the end, which it would else find out by waiting. @see RFC 5246 § 7.2.1 */
  async sendCloseNotify(): Promise<void> {
    const { dtls } = this;
    if (this.state !== 'connected' || dtls === undefined) return;
    // werift sends application data only, so the record is given its type on the way.
    const { cipher } = dtls;
    const encryptPacket = cipher.encryptPacket.bind(cipher);
    cipher.encryptPacket = (record) => {
      record.recordLayerHeader.contentType = alertType;
      return encryptPacket(record);
    };
    await dtls.send(closeNotify);
  }
}
