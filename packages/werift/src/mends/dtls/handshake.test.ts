import { afterEach, describe, expect, test } from 'vitest';
import { Event, RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, type RTCDtlsTransport } from 'werift';
import { newCertificate } from '../../test/remote.ts';
import { SrtpTransport } from '../../transport/srtpTransport.ts';
import { contentType, recordsOf, writeRecord } from './records.ts';

type IceTransport = RTCDtlsTransport['iceTransport'];
type Carry = (datagram: Buffer, deliver: (datagram: Buffer) => void) => void;

const open: SrtpTransport[] = [];
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);
process.on('unhandledRejection', note);

afterEach(() => {
  for (const end of open.splice(0)) end.end();
  expect(rejections).toEqual([]);
});

const certificates = { client: await newCertificate(), server: await newCertificate() };

/** Two ends whose datagrams are carried by the test. */
function ends(carry: { readonly toServer?: Carry; readonly toClient?: Carry } = {}, shown = certificates) {
  const straight: Carry = (datagram, deliver) => deliver(datagram);
  const listener = { rtp: () => {}, rtcp: () => {}, rtcpBytes: () => false };
  const iceOf = (send: (datagram: Buffer) => void) =>
    ({
      role: 'controlled',
      connection: { onData: new Event<[Buffer]>(), send: async (datagram: Buffer) => send(datagram) },
      stop: async () => {},
    }) as unknown as IceTransport;
  const deliverTo = (ice: () => IceTransport) => (datagram: Buffer) =>
    void setImmediate(() => ice().connection.onData.execute(Buffer.from(datagram)));
  const { toServer = straight, toClient = straight } = carry;
  const clientIce: IceTransport = iceOf((datagram) =>
    toServer(
      datagram,
      deliverTo(() => serverIce),
    ),
  );
  const serverIce: IceTransport = iceOf((datagram) =>
    toClient(
      datagram,
      deliverTo(() => clientIce),
    ),
  );
  const client = new SrtpTransport(clientIce, shown.client, listener);
  const server = new SrtpTransport(serverIce, shown.server, listener);
  client.role = 'client';
  server.role = 'server';
  for (const [end, remote] of [
    [client, certificates.server],
    [server, certificates.client],
  ] as const) {
    open.push(end);
    const fingerprints = remote
      .getFingerprints()
      .map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
    end.setRemoteParams(new RTCDtlsParameters(fingerprints, 'auto'));
  }
  const start = () => Promise.all([client.start(), server.start()]);
  return { client, server, start, toServer: deliverTo(() => serverIce), toClient: deliverTo(() => clientIce) };
}

/** A random number below 1, the same in each run. */
function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Loses three of ten datagrams, sends some twice, and some late. */
const badPath = (seed: number): Carry => {
  const random = randomOf(seed);
  return (datagram, deliver) => {
    if (random() < 0.3) return;
    const copies = random() < 0.1 ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1)
      if (random() < 0.1) setTimeout(() => deliver(datagram), 30);
      else deliver(datagram);
  };
};

test('50 of 50 handshakes end within 10 s though three of ten datagrams are lost', { timeout: 60_000 }, async () => {
  const elapsed = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const startedAtMs = performance.now();
      await ends({ toServer: badPath(2 * index + 1), toClient: badPath(2 * index + 2) }).start();
      return performance.now() - startedAtMs;
    }),
  );
  expect(elapsed.length).toBe(50);
  expect(Math.max(...elapsed)).toBeLessThan(10_000);
});

describe('a handshake ends', () => {
  const typesIn = (datagram: Buffer) => Array.from(recordsOf(datagram), ({ type, epoch }) => `${type} in ${epoch}`);

  test.each(['toServer', 'toClient'] as const)(
    'though the first Finished %s is lost, under another number',
    async (way) => {
      const numbers: number[] = [];
      const { start } = ends({
        [way]: (datagram: Buffer, deliver: (datagram: Buffer) => void) => {
          const last = [...recordsOf(datagram)].find(({ epoch }) => epoch === 1);
          if (last !== undefined) numbers.push(last.number);
          if (last === undefined || numbers.length > 1) deliver(datagram);
        },
      });
      await start();
      expect(numbers.length).toBeGreaterThan(1);
      expect(new Set(numbers).size).toBe(numbers.length);
    },
  );

  test('though the request for the cookie is lost, and the client would wait long before it asks again', async () => {
    const isCookieRequest = (datagram: Buffer) => datagram[13] === 3;
    let hellos = 0;
    let requests = 0;
    const { start } = ends({
      toServer: (datagram, deliver) => {
        if (requests < 2) hellos += 1;
        if (requests >= 2 || hellos === 1) deliver(datagram);
      },
      toClient: (datagram, deliver) => {
        if (isCookieRequest(datagram)) requests += 1;
        if (!isCookieRequest(datagram) || requests > 1) deliver(datagram);
      },
    });
    await start();
    expect(requests).toBe(2);
  });

  test('though every datagram of the client is cut in two, and the parts are repeated and swapped', async () => {
    let lost = 0;
    const { start } = ends({
      toServer: (datagram, deliver) => {
        const [record] = recordsOf(datagram);
        // The first record is a ClientHello, or the certificate.
        if (record === undefined || record.type !== contentType.handshake || record.epoch !== 0)
          return deliver(datagram);
        const { fragment } = record;
        const half = Math.floor((fragment.length - 12) / 2);
        const part = (from: number, to: number, number: number) => {
          const header = Buffer.from(fragment.subarray(0, 12));
          header.writeUIntBE(from, 6, 3);
          header.writeUIntBE(to - from, 9, 3);
          return writeRecord(
            contentType.handshake,
            0,
            10 * record.number + number,
            Buffer.concat([header, fragment.subarray(12 + from, 12 + to)]),
          );
        };
        const [first, second] = [part(0, half + 5, 1), part(half, fragment.length - 12, 2)];
        deliver(Buffer.concat([second, datagram.subarray(record.bytes.length)]));
        deliver(second);
        if (lost < 2) lost += 1;
        else deliver(first);
      },
    });
    await start();
    expect(lost).toBe(2);
  });

  test('and records have numbers that are never used again', async () => {
    const numbers = { toServer: [] as string[], toClient: [] as string[] };
    const noted = (way: 'toServer' | 'toClient'): Carry => {
      const random = randomOf(way.length);
      return (datagram, deliver) => {
        for (const { epoch, number } of recordsOf(datagram)) numbers[way].push(`${epoch} ${number}`);
        if (random() > 0.3) deliver(datagram);
      };
    };
    const { start, client, server } = ends({ toServer: noted('toServer'), toClient: noted('toClient') });
    await start();
    for (let count = 0; count < 20; count += 1)
      for (const end of [client, server]) await end.sendData(Buffer.from(`message ${count}`));
    for (const sent of Object.values(numbers)) expect(new Set(sent).size).toBe(sent.length);
  });

  test('with few datagrams', async () => {
    const datagrams: string[][] = [];
    const counted: Carry = (datagram, deliver) => {
      datagrams.push(typesIn(datagram));
      deliver(datagram);
    };
    await ends({ toServer: counted, toClient: counted }).start();
    expect(datagrams.length).toBeLessThanOrEqual(6);
  });
});

describe('a stranger who knows the port', () => {
  const handshake = (type: number, sequence: number, body: string, epoch = 0) => {
    const bytes = Buffer.from(body, 'hex');
    const header = Buffer.alloc(12);
    header[0] = type;
    header.writeUIntBE(bytes.length, 1, 3);
    header.writeUInt16BE(sequence, 4);
    header.writeUIntBE(bytes.length, 9, 3);
    return writeRecord(contentType.handshake, epoch, 99, Buffer.concat([header, bytes]));
  };
  const hello = `fefd${'00'.repeat(32)}00000002c02b01000000`;
  const forged = [
    Buffer.from([22]),
    Buffer.alloc(0),
    Buffer.from('16fefd0000000000000000ffff00', 'hex'),
    Buffer.alloc(40, 22),
    writeRecord(contentType.alert, 0, 1, Buffer.from([1, 0])),
    writeRecord(contentType.alert, 0, 2, Buffer.from([2, 40])),
    writeRecord(contentType.alert, 1, 3, Buffer.from([1, 0])),
    writeRecord(contentType.alert, 2, 3, Buffer.from([1, 0])),
    writeRecord(contentType.applicationData, 0, 4, Buffer.from('data')),
    writeRecord(contentType.applicationData, 1, 1_000_000, Buffer.alloc(60)),
    writeRecord(contentType.changeCipherSpec, 0, 5, Buffer.from([1])),
    writeRecord(99, 0, 6, Buffer.from([1])),
    handshake(20, 1, '00'.repeat(12)),
    handshake(20, 2, '00'.repeat(12)),
    handshake(20, 0, '00'.repeat(12)),
    handshake(0, 0, ''),
    handshake(3, 1, 'fefd0412345678'),
    handshake(1, 7, hello),
    handshake(1, 2, hello),
  ];

  test.each(['before', 'during', 'after'])('does not prevent or end an association %s the handshake', async (when) => {
    const forge = (deliver: (datagram: Buffer) => void) => {
      for (const datagram of forged) deliver(datagram);
    };
    const among: Carry = (datagram, deliver) => {
      if (when === 'during') forge(deliver);
      deliver(datagram);
    };
    const { client, server, start, toServer, toClient } = ends({ toServer: among, toClient: among });
    if (when === 'before') {
      for (const datagram of forged.slice(0, 7)) {
        client.iceTransport.connection.onData.execute(datagram);
        server.iceTransport.connection.onData.execute(datagram);
      }
    }
    await start();
    if (when === 'after') {
      forge(toServer);
      forge(toClient);
    }
    const heard: string[] = [];
    server.dataReceiver = (data) => heard.push(data.toString());
    client.dataReceiver = (data) => heard.push(data.toString());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.sendData(Buffer.from('from the client'));
    await server.sendData(Buffer.from('from the server'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.toSorted()).toEqual(['from the client', 'from the server']);
    expect([client.state, server.state]).toEqual(['connected', 'connected']);
  });

  test('does not have data taken twice', async () => {
    const sent: Buffer[] = [];
    const { client, server, start, toServer } = ends({
      toServer: (datagram, deliver) => {
        sent.push(datagram);
        deliver(datagram);
      },
    });
    await start();
    const heard: string[] = [];
    server.dataReceiver = (data) => heard.push(data.toString());
    await client.sendData(Buffer.from('once'));
    for (const datagram of sent.slice(-1)) toServer(datagram);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toEqual(['once']);
  });
});

describe('a remote with another’s certificate', () => {
  test.each(['client', 'server'] as const)('as the %s, is refused', async (impostor) => {
    const other = await newCertificate();
    const { certPem, signatureHash } = certificates[impostor];
    const stolen = new RTCCertificate(other.privateKey, certPem, signatureHash);
    const { client, server, start } = ends({}, { ...certificates, [impostor]: stolen });
    const ended = start();
    ended.catch(() => {});
    const deceived = impostor === 'client' ? server : client;
    await expect(ended).rejects.toThrow('the signature is not that of the certificate');
    expect(deceived.state).toBe('failed');
  });
});

test('the end is announced', async () => {
  const { client, server, start } = ends();
  await start();
  client.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.state).toBe('closed');
});
