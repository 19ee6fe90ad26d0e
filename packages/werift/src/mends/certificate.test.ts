import { expect, test } from 'vitest';
import { CipherContext, RTCCertificate } from 'werift';
import { mendCertificate } from './certificate.ts';

const newCertificate = async () => {
  const { certPem, keyPem, signatureHash } = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: 3, hash: 4 },
    0x17,
  );
  return { certPem, keyPem, signatureHash, certificate: new RTCCertificate(keyPem, certPem, signatureHash) };
};

type Certificate = Awaited<ReturnType<typeof newCertificate>>;

const contextOf = ({ certPem, keyPem, signatureHash }: Certificate) =>
  new CipherContext(1, certPem, keyPem, signatureHash);

test('a certificate is parsed once, which werift does each time, and never taken for another', async () => {
  const [one, other] = [await newCertificate(), await newCertificate()];
  const [before, again] = [one.certificate.getFingerprints(), one.certificate.getFingerprints()];
  expect(again).not.toBe(before);
  expect(contextOf(one).localCert).not.toBe(contextOf(one).localCert);
  const parsed = contextOf(one);

  mendCertificate();
  mendCertificate();
  const remembered = one.certificate.getFingerprints();
  expect(remembered).toEqual(before);
  expect(one.certificate.getFingerprints()).toBe(remembered);
  expect(other.certificate.getFingerprints()).not.toEqual(before);
  const first = contextOf(one);
  expect(first).toEqual(parsed);
  expect(contextOf(one).localCert).toBe(first.localCert);
  expect(contextOf(one).localPrivateKey).toBe(first.localPrivateKey);
  expect(contextOf(other).localCert).not.toEqual(first.localCert);
  expect(contextOf(one)).toEqual(parsed);
});
