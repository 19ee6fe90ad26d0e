import { afterAll, expect, test, vi } from 'vitest';
import { createMedia } from '../index.ts';
import { publish } from '../test/remote.ts';
import { mendX25519, nacl } from './x25519.ts';

const { scalarMult } = nacl;
mendX25519();

const media = createMedia({ bindAddress: '127.0.0.1' });

afterAll(() => media.close());

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

test('it passes the vectors of RFC 7748 § 5.2', () => {
  const scalar = bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
  const point = bytes('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
  const secret = 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552';
  expect(Buffer.from(nacl.scalarMult(scalar, point)).toString('hex')).toBe(secret);
});

test('generated keys agree, each with its own buffer', () => {
  const [one, other] = [nacl.box.keyPair(), nacl.box.keyPair()];
  const [ours, theirs] = [
    nacl.scalarMult(one.secretKey, other.publicKey),
    nacl.scalarMult(other.secretKey, one.publicKey),
  ];
  expect(ours).toEqual(theirs);
  for (const key of [one.publicKey, one.secretKey]) expect(key.buffer.byteLength).toBe(32);
});

test('a public key of low order is refused, which werift accepts', () => {
  expect(scalarMult(nacl.box.keyPair().secretKey, new Uint8Array(32))).toEqual(new Uint8Array(32));
  expect(() => nacl.scalarMult(nacl.box.keyPair().secretKey, new Uint8Array(32))).toThrow();
});

test('it is what handshakes use', async () => {
  const keyPair = vi.spyOn(nacl.box, 'keyPair');
  const { peer } = await publish(media, 'stream', { audio: false });
  expect(keyPair).toHaveBeenCalled();
  await peer.close();
});
