import { createDecipheriv, timingSafeEqual } from 'node:crypto';
import { ProtectionProfileAeadAes128Gcm, type SrtcpSession, type SrtpSession } from 'werift';
import { headerLength, ReceivedPacket } from './receivedPacket.ts';
import { ReplayWindow } from './replayWindow.ts';
import { hmacBytes, RtpKeys } from './rtpKeys.ts';

/**
 * Number of packets behind the latest one of an SSRC that are still accepted, each once. A retransmission on the stream itself
 * is as far behind as its sender's history reaches.
 */
export const replayWindowPackets = 1_024;

/** The most SSRCs of one transport whose packets are taken. Each is remembered until the keys go. */
export const maxEncryptedSsrcs = 1_024;

/** A packet that was received before, or of one SSRC too many. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/** A packet whose tag is not that of its contents. */
class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
}

/** Received packet indexes of one SSRC. */
interface ReceivedIndexes {
  highest: number;
  readonly window: ReplayWindow;
}

/** Takes each index of each SSRC once. @see RFC 3711 § 3.3.2 */
class Indexes {
  readonly #bySsrc = new Map<number, ReceivedIndexes>();

  /** The highest index of an SSRC, `undefined` before its first packet. */
  highest(ssrc: number): number | undefined {
    return this.#bySsrc.get(ssrc)?.highest;
  }

  /** @throws {ReplayError} */
  assertNew(ssrc: number, index: number): void {
    const received = this.#bySsrc.get(ssrc);
    if (received === undefined ? this.#bySsrc.size === maxEncryptedSsrcs : received.window.has(index))
      throw new ReplayError(`packet ${index} of SSRC ${ssrc}`);
  }

  /** Remembers an index, whose packet is authentic. */
  add(ssrc: number, index: number): void {
    const received = this.#bySsrc.get(ssrc) ?? { highest: index, window: new ReplayWindow(replayWindowPackets) };
    received.highest = Math.max(received.highest, index);
    received.window.add(index);
    this.#bySsrc.set(ssrc, received);
  }
}

/**
 * Decrypts the RTP packets of the remote, each once, in place of werift's own and by the keys that it has derived.
 *
 * werift 0.25 accepts repeated packets, and detects a rollover only from packets within 100 of it on both sides: after a longer
 * loss, it cannot decrypt until the end of the connection. It also reads each header twice, a bit at a time, which took a fifth of
 * what a publisher's packet costs.
 *
 * @see RFC 3711 § 3.3.1 and appendix A
 */
export class RtpDecryption {
  readonly #keys: RtpKeys;
  readonly #indexes = new Indexes();

  constructor({ remoteContext }: SrtpSession) {
    this.#keys = new RtpKeys(remoteContext);
  }

  /**
   * Decrypts one packet.
   *
   * @throws {ReplayError} when it was received before.
   * @throws {Error} when it is not authentic, or not as long as it says.
   */
  decrypt(datagram: Buffer): ReceivedPacket {
    const length = headerLength(datagram, this.#keys.tagBytes);
    const [ssrc, sequenceNumber] = [datagram.readUInt32BE(8), datagram.readUInt16BE(2)];
    const highest = this.#indexes.highest(ssrc) ?? sequenceNumber;
    const index = highest + (((sequenceNumber - highest) << 16) >> 16);
    if (index < 0) throw new ReplayError('the packet is older than the first one');
    this.#indexes.assertNew(ssrc, index);
    const rollovers = Math.floor(index / 0x1_0000);
    const vector = this.#keys.vector(ssrc, rollovers, sequenceNumber);
    const end = datagram.length - this.#keys.tagBytes;
    const parts = [datagram.subarray(0, length), datagram.subarray(length, end), datagram.subarray(end)] as const;
    const payload = this.#keys.isGcm ? this.#decryptGcm(parts, vector) : this.#decryptCounter(parts, vector, rollovers);
    this.#indexes.add(ssrc, index);
    return ReceivedPacket.read(parts[0], payload);
  }

  #decryptGcm([header, encrypted, tag]: EncryptedParts, vector: Buffer): Buffer {
    const decipher = createDecipheriv('aes-128-gcm', this.#keys.key, vector);
    decipher.setAAD(header);
    decipher.setAuthTag(tag);
    const payload = decipher.update(encrypted);
    decipher.final();
    return payload;
  }

  #decryptCounter([header, encrypted, tag]: EncryptedParts, vector: Buffer, rollovers: number): Buffer {
    if (!timingSafeEqual(this.#keys.hmac(header, encrypted, rollovers), tag))
      throw new AuthenticationError('the packet is not authentic');
    return createDecipheriv('aes-128-ctr', this.#keys.key, vector).update(encrypted);
  }
}

/** Header, encrypted payload and tag of a packet. */
type EncryptedParts = readonly [header: Buffer, encrypted: Buffer, tag: Buffer];

/** Bytes of an SRTCP index. @see RFC 3711 § 3.4 */
const indexBytes = 4;

/** Decrypts the RTCP packets of the remote, each once. */
export class RtcpDecryption {
  readonly #session: SrtcpSession;
  readonly #indexes = new Indexes();
  /** Bytes behind the index. @see RFC 7714 § 9.3 */
  readonly #tagBytes: number;

  constructor(session: SrtcpSession) {
    this.#session = session;
    this.#tagBytes = session.remoteContext.profile === ProtectionProfileAeadAes128Gcm ? 0 : hmacBytes;
  }

  /**
   * Decrypts one compound.
   *
   * @throws {ReplayError} when it was received before.
   * @throws {Error} when it is not authentic.
   */
  decrypt(datagram: Buffer): Buffer {
    const ssrc = datagram.readUInt32BE(4);
    // The first bit means that it is encrypted.
    const index = datagram.readUInt32BE(datagram.length - this.#tagBytes - indexBytes) & 0x7fff_ffff;
    this.#indexes.assertNew(ssrc, index);
    const plain = this.#session.decrypt(datagram);
    this.#indexes.add(ssrc, index);
    return plain;
  }
}
