import { afterEach, expect, test, vi } from 'vitest';
import { Event, RTCDtlsFingerprint, RTCDtlsParameters, type RTCDtlsTransport } from 'werift';
import { Handshake } from '../mends/dtls/handshake.ts';
import { newCertificate } from '../test/remote.ts';
import { SrtpTransport } from './srtpTransport.ts';

const certificate = await newCertificate();

afterEach(() => {
  vi.restoreAllMocks();
});

test('of the handshake datagrams that arrive before the handshake starts, 8 are kept', () => {
  const connection = { onData: new Event<[Buffer]>(), send: async () => {} };
  const ice = { role: 'controlled', connection, stop: async () => {} };
  const transport = new SrtpTransport(ice as unknown as RTCDtlsTransport['iceTransport'], certificate, {
    rtp: () => {},
    rtcp: () => {},
    rtcpBytes: () => false,
  });
  transport.role = 'server';
  const fingerprints = certificate
    .getFingerprints()
    .map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
  transport.setRemoteParams(new RTCDtlsParameters(fingerprints, 'auto'));
  const received: number[] = [];
  vi.spyOn(Handshake.prototype, 'receive').mockImplementation((datagram) => {
    received.push(datagram.readUInt8(1));
  });
  for (let count = 0; count < 20; count += 1) connection.onData.execute(Buffer.from([22, count]));
  expect(received).toEqual([]);
  transport.start().catch(() => {});
  expect(received).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  connection.onData.execute(Buffer.from([22, 20]));
  expect(received).toHaveLength(9);
  transport.end();
});
