import { CipherContext, RTCCertificate } from 'werift';

const { getFingerprints } = RTCCertificate.prototype;
const { parseX509 } = CipherContext.prototype;

const fingerprints = new WeakMap<RTCCertificate, ReturnType<typeof getFingerprints>>();

/** Most recently parsed certificate: a process has only one. */
let last:
  | { readonly texts: string; readonly certificate: Buffer; readonly key: CipherContext['localPrivateKey'] }
  | undefined;

function rememberedFingerprints(this: RTCCertificate): ReturnType<typeof getFingerprints> {
  const known = fingerprints.get(this) ?? getFingerprints.call(this);
  fingerprints.set(this, known);
  return known;
}

function parseOnce(this: CipherContext, ...[certificate, key, algorithm]: Parameters<typeof parseX509>): void {
  const texts = `${certificate}${key}`;
  if (last?.texts === texts) {
    this.localCert = last.certificate;
    this.localPrivateKey = last.key;
    this.signatureHashAlgorithm = algorithm;
    return;
  }
  parseX509.call(this, certificate, key, algorithm);
  last = { texts, certificate: this.localCert, key: this.localPrivateKey };
}

/**
 * Lets werift parse the certificate of the process once.
 *
 * werift 0.25 parses it, in JavaScript, for each handshake and each description: up to a tenth of the CPU of a join. Can go when it keeps
 * what it has parsed.
 */
export function mendCertificate(): void {
  RTCCertificate.prototype.getFingerprints = rememberedFingerprints;
  CipherContext.prototype.parseX509 = parseOnce;
}
