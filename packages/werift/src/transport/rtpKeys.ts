import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ProtectionProfileAeadAes128Gcm, type SrtpSession } from 'werift';

/** Bytes of an authentication tag of AES128_CM_HMAC_SHA1_80 and of AEAD_AES_128_GCM. @see RFC 5764 § 4.1.2, RFC 7714 § 13.2 */
export const hmacBytes = 10;
const gcmTagBytes = 16;

/**
 * Keys for the RTP packets of one direction, as werift has derived them, and what each packet needs of them.
 *
 * Keys are `KeyObject`s, since Node 24 takes four times as long with the bytes of one. What is alike in all packets is computed
 * once: nothing costs more in forwarding than this.
 *
 * @see RFC 3711 § 4.1.1 and § 4.2, RFC 7714 § 8
 */
export class RtpKeys {
  readonly isGcm: boolean;
  readonly key: KeyObject;
  /** Bytes of the tag behind each packet. */
  readonly tagBytes: number;
  readonly #authenticationKey: KeyObject;
  readonly #vector: Buffer;
  readonly #offset: number;
  readonly #salt: { readonly ssrc: number; readonly rollovers: number; readonly sequenceNumber: number };
  readonly #rollovers = Buffer.alloc(4);

  constructor(context: SrtpSession['localContext']) {
    this.isGcm = context.profile === ProtectionProfileAeadAes128Gcm;
    this.key = createSecretKey(context.srtpSessionKey);
    this.tagBytes = this.isGcm ? gcmTagBytes : hmacBytes;
    this.#authenticationKey = createSecretKey(context.srtpSessionAuthTag);
    this.#offset = this.isGcm ? 2 : 4;
    this.#vector = Buffer.alloc(this.isGcm ? 12 : 16);
    context.srtpSessionSalt.copy(this.#vector, 0, 0, this.#offset + 10);
    this.#salt = {
      ssrc: this.#vector.readUInt32BE(this.#offset),
      rollovers: this.#vector.readUInt32BE(this.#offset + 4),
      sequenceNumber: this.#vector.readUInt16BE(this.#offset + 8),
    };
  }

  /** The initialization vector: the salt, and the index of the packet on top of it. Valid until the next call. */
  vector(ssrc: number, rollovers: number, sequenceNumber: number): Buffer {
    this.#vector.writeUInt32BE((ssrc ^ this.#salt.ssrc) >>> 0, this.#offset);
    this.#vector.writeUInt32BE((rollovers ^ this.#salt.rollovers) >>> 0, this.#offset + 4);
    this.#vector.writeUInt16BE(sequenceNumber ^ this.#salt.sequenceNumber, this.#offset + 8);
    return this.#vector;
  }

  /** The tag of AES128_CM_HMAC_SHA1_80 over a header, an encrypted payload and the rollover count. */
  hmac(header: Buffer, encrypted: Buffer, rollovers: number): Buffer {
    this.#rollovers.writeUInt32BE(rollovers);
    const hmac = createHmac('sha1', this.#authenticationKey).update(header).update(encrypted).update(this.#rollovers);
    return hmac.digest().subarray(0, hmacBytes);
  }
}
