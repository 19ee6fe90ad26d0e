import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ProtectionProfileAeadAes128Gcm, type RtpHeader, type SrtpSession } from 'werift';

/** The bytes of an authentication tag of AES128_CM_HMAC_SHA1_80. @see RFC 5764 § 4.1.2 */
const hmacBytes = 10;

/** Packet counter of one source. */
interface SourceIndex {
  rollovers: number;
  highest: number;
}

/**
 * Encrypts the RTP packets of one end.
 *
 * In place of werift's own, by the keys that it has derived: nothing costs more in forwarding than this, once for each
 * player. Keys are `KeyObject`s, since Node 24 takes four times as long with the bytes of one; what is alike in all packets is
 * computed once. And it counts rollovers as RFC 3711 does, where werift 0.25 counts only those it sees both sides of.
 *
 * @see RFC 3711 § 4.1.1 and § 4.2, RFC 7714 § 8
 */
export class RtpEncryption {
  readonly #isGcm: boolean;
  readonly #key: KeyObject;
  readonly #authenticationKey: KeyObject;
  readonly #vector: Buffer;
  readonly #offset: number;
  readonly #salt: { readonly ssrc: number; readonly rollovers: number; readonly sequenceNumber: number };
  readonly #rollovers = Buffer.alloc(4);
  readonly #sources = new Map<number, SourceIndex>();

  constructor({ localContext }: SrtpSession) {
    this.#isGcm = localContext.profile === ProtectionProfileAeadAes128Gcm;
    this.#key = createSecretKey(localContext.srtpSessionKey);
    this.#authenticationKey = createSecretKey(localContext.srtpSessionAuthTag);
    this.#offset = this.#isGcm ? 2 : 4;
    this.#vector = Buffer.alloc(this.#isGcm ? 12 : 16);
    localContext.srtpSessionSalt.copy(this.#vector, 0, 0, this.#offset + 10);
    this.#salt = {
      ssrc: this.#vector.readUInt32BE(this.#offset),
      rollovers: this.#vector.readUInt32BE(this.#offset + 4),
      sequenceNumber: this.#vector.readUInt16BE(this.#offset + 8),
    };
  }

  /**
   * Encrypts one packet.
   *
   * @returns its header, payload and tag: to put them together takes longer than to have the system gather them. The header is a copy,
   * since the system may send it later, and `header` is that of the next packet by then.
   */
  encrypt(payload: Buffer, header: RtpHeader): readonly Buffer[] {
    const { ssrc, sequenceNumber } = header;
    const rollovers = this.#rolloversAt(ssrc, sequenceNumber);
    const plain = Buffer.from(header.serialize(header.serializeSize));
    const vector = this.#vectorOf(ssrc, rollovers, sequenceNumber);
    return this.#isGcm
      ? this.#encryptGcm(plain, payload, vector)
      : this.#encryptCounter(plain, payload, vector, rollovers);
  }

  /** Rollover count of a source at a packet, which may be from before the last rollover. */
  #rolloversAt(ssrc: number, sequenceNumber: number): number {
    const source = this.#sources.get(ssrc);
    if (source === undefined) {
      this.#sources.set(ssrc, { rollovers: 0, highest: sequenceNumber });
      return 0;
    }
    if (((sequenceNumber - source.highest) & 0xffff) >= 0x8000)
      return sequenceNumber > source.highest ? Math.max(0, source.rollovers - 1) : source.rollovers;
    if (sequenceNumber < source.highest) source.rollovers += 1;
    source.highest = sequenceNumber;
    return source.rollovers;
  }

  /** The initialization vector: the salt, and the index of the packet on top of it from `#offset` on. */
  #vectorOf(ssrc: number, rollovers: number, sequenceNumber: number): Buffer {
    this.#vector.writeUInt32BE((ssrc ^ this.#salt.ssrc) >>> 0, this.#offset);
    this.#vector.writeUInt32BE((rollovers ^ this.#salt.rollovers) >>> 0, this.#offset + 4);
    this.#vector.writeUInt16BE(sequenceNumber ^ this.#salt.sequenceNumber, this.#offset + 8);
    return this.#vector;
  }

  #encryptGcm(header: Buffer, payload: Buffer, vector: Buffer): readonly Buffer[] {
    const cipher = createCipheriv('aes-128-gcm', this.#key, vector);
    cipher.setAAD(header);
    const encrypted = cipher.update(payload);
    cipher.final();
    return [header, encrypted, cipher.getAuthTag()];
  }

  #encryptCounter(header: Buffer, payload: Buffer, vector: Buffer, rollovers: number): readonly Buffer[] {
    const encrypted = createCipheriv('aes-128-ctr', this.#key, vector).update(payload);
    this.#rollovers.writeUInt32BE(rollovers);
    const hmac = createHmac('sha1', this.#authenticationKey).update(header).update(encrypted).update(this.#rollovers);
    return [header, encrypted, hmac.digest().subarray(0, hmacBytes)];
  }
}
