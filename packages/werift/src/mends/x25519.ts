import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';

/** The part of `tweetnacl` that werift uses. */
interface Nacl {
  scalarMult(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  readonly box: { keyPair(): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array } };
}

/** ASN.1 prefix of the 32 bytes of a key. @see RFC 8410 § 4 and § 7 */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** A copy of the key at the end, which werift reads as all that there is in its buffer. */
const keyIn = (der: Buffer) => Uint8Array.from(der.subarray(-32));

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: keyIn(publicKey), secretKey: keyIn(privateKey) };
}

/** Throws if the shared secret is all-zero, which ends the handshake. @see RFC 8422 § 5.11 */
function scalarMult(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return diffieHellman({
    privateKey: createPrivateKey({ key: Buffer.concat([pkcs8Prefix, privateKey]), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' }),
  });
}

/** The `tweetnacl` that werift 0.25 agrees on keys with. */
export const nacl: Nacl = createRequire(createRequire(import.meta.url).resolve('werift'))('tweetnacl');

/**
 * Makes werift use the platform's X25519.
 *
 * werift 0.25 computes it in JavaScript on the thread that forwards packets. This is the largest part of a handshake, some
 * milliseconds, and is repeated for each retransmitted hello. It also accepts public keys of low order, with which anyone knows
 * the secret. Can go when werift uses `node:crypto`.
 *
 * @see RFC 7748 § 6.1 and RFC 8422 § 5.11
 */
export function mendX25519(): void {
  if (nacl.scalarMult === scalarMult) return;
  Object.assign(nacl, { scalarMult });
  Object.assign(nacl.box, { keyPair });
}
