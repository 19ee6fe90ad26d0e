import { createHash, createHmac, timingSafeEqual, verify, X509Certificate } from 'node:crypto';

/** A handshake whose remote has not proven who it is. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

/** SHA-256, and the signature algorithms of the keys that are understood. @see RFC 5246 § 7.4.1.4.1 */
const sha256 = 4;
const signatureAlgorithms: Readonly<Record<string, number>> = { rsa: 1, ec: 3 };

/** Bytes of what Finished says. @see RFC 5246 § 7.4.9 */
const verifyDataBytes = 12;

/** The first certificate of a Certificate message. @see RFC 5246 § 7.4.2 */
function certificateIn(message: Buffer): X509Certificate {
  const end = 6 + message.readUIntBE(3, 3);
  return new X509Certificate(message.subarray(6, end));
}

/**
 * Verifies the remote's signature and Finished in a handshake.
 *
 * werift 0.25 only compares the certificate with the fingerprint. Certificates are public, so an attacker between the two ends
 * could present either. Can go when werift verifies signatures and Finished.
 *
 * @see RFC 5246 § 7.4.3, § 7.4.8 and § 7.4.9
 */
export class Verification {
  #certificate: X509Certificate | undefined;
  #isProven = false;

  /** Takes note of a Certificate message. */
  certificate(message: Buffer): void {
    this.#certificate = certificateIn(message);
  }

  /**
   * Verifies a ServerKeyExchange message of an ephemeral elliptic curve.
   *
   * @param randoms - Those of client and server.
   * @throws {VerificationError}
   */
  keyExchange(message: Buffer, randoms: Buffer): void {
    // Type and name of the curve, and the public key with its length. @see RFC 8422 § 5.4
    const parameters = message.subarray(0, 4 + (message[3] ?? 0));
    this.#verify(message.subarray(parameters.length), Buffer.concat([randoms, parameters]));
  }

  /** Verifies a CertificateVerify message. @throws {VerificationError} */
  certificateVerify(message: Buffer, transcript: Buffer): void {
    this.#verify(message, transcript);
  }

  /** @param signed - Hash and signature algorithms, and the signature with its length. */
  #verify(signed: Buffer, data: Buffer): void {
    const key = this.#certificate?.publicKey;
    const signature = signed.subarray(4, 4 + signed.readUInt16BE(2));
    const isOffered = signed[0] === sha256 && signed[1] === signatureAlgorithms[key?.asymmetricKeyType ?? ''];
    if (key === undefined || !isOffered || !verify('sha256', data, key, signature))
      throw new VerificationError('the signature is not that of the certificate');
    this.#isProven = true;
  }

  /** Verifies a Finished message. @throws {VerificationError} */
  finished(message: Buffer, side: 'client' | 'server', masterSecret: Buffer, transcript: Buffer): void {
    if (!this.#isProven)
      throw new VerificationError('the remote has not proved that it has the key of its certificate');
    const expected = verifyDataOf(side, masterSecret, transcript);
    if (message.length !== expected.length || !timingSafeEqual(message, expected))
      throw new VerificationError('Finished does not match the handshake');
  }
}

/** Computes the content of Finished for a handshake with SHA-256. @see RFC 5246 § 5 and § 7.4.9 */
function verifyDataOf(side: 'client' | 'server', masterSecret: Buffer, transcript: Buffer): Buffer {
  const seed = Buffer.concat([Buffer.from(`${side} finished`), createHash('sha256').update(transcript).digest()]);
  const first = createHmac('sha256', masterSecret).update(seed).digest();
  const output = createHmac('sha256', masterSecret).update(first).update(seed).digest();
  return output.subarray(0, verifyDataBytes);
}
