import { createCipheriv } from 'node:crypto';
import type { RtpHeader, SrtpSession } from 'werift';
import { RtpKeys } from './rtpKeys.ts';

/** Packet counter of one SSRC. */
interface SsrcIndex {
  rollovers: number;
  highest: number;
}

/**
 * Encrypts the RTP packets of one end, in place of werift's own and by the keys that it has derived. It counts rollovers as RFC 3711
 * does, where werift 0.25 counts only those it sees both sides of.
 */
export class RtpEncryption {
  readonly #keys: RtpKeys;
  readonly #bySsrc = new Map<number, SsrcIndex>();

  constructor({ localContext }: SrtpSession) {
    this.#keys = new RtpKeys(localContext);
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
    const vector = this.#keys.vector(ssrc, rollovers, sequenceNumber);
    return this.#keys.isGcm
      ? this.#encryptGcm(plain, payload, vector)
      : this.#encryptCounter(plain, payload, vector, rollovers);
  }

  /** Rollover count of an SSRC at a packet, which may be from before the last rollover. */
  #rolloversAt(ssrc: number, sequenceNumber: number): number {
    const known = this.#bySsrc.get(ssrc);
    if (known === undefined) {
      this.#bySsrc.set(ssrc, { rollovers: 0, highest: sequenceNumber });
      return 0;
    }
    if (((sequenceNumber - known.highest) & 0xffff) >= 0x8000)
      return sequenceNumber > known.highest ? Math.max(0, known.rollovers - 1) : known.rollovers;
    if (sequenceNumber < known.highest) known.rollovers += 1;
    known.highest = sequenceNumber;
    return known.rollovers;
  }

  #encryptGcm(header: Buffer, payload: Buffer, vector: Buffer): readonly Buffer[] {
    const cipher = createCipheriv('aes-128-gcm', this.#keys.key, vector);
    cipher.setAAD(header);
    const encrypted = cipher.update(payload);
    cipher.final();
    return [header, encrypted, cipher.getAuthTag()];
  }

  #encryptCounter(header: Buffer, payload: Buffer, vector: Buffer, rollovers: number): readonly Buffer[] {
    const encrypted = createCipheriv('aes-128-ctr', this.#keys.key, vector).update(payload);
    return [header, encrypted, this.#keys.hmac(header, encrypted, rollovers)];
  }
}
