import { afterEach, describe, expect, test } from 'vitest';
import { createMedia } from './index.ts';
import { recordsOf as readRecords } from './mends/dtls/records.ts';
import { Peer, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const peers: Peer[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await media.close();
});

/** The content types of a datagram's records that are not encrypted, and of those that are. @see RFC 6347 § 4.1 */
function recordsOf(datagram: Buffer) {
  const types: { plain: number[]; encrypted: number[] } = { plain: [], encrypted: [] };
  for (let start = 0; start + 13 <= datagram.length; start += 13 + datagram.readUInt16BE(start + 11))
    types[datagram.readUInt16BE(start + 3) === 0 ? 'plain' : 'encrypted'].push(datagram[start] ?? 0);
  return types;
}

const isHandshake = (datagram: Buffer) => [20, 22].includes(datagram[0] ?? 0);

/** A publisher whose datagrams of the handshake can be meddled with. `setup` is what it says of its part in it. */
async function publisher(setup = 'actpass') {
  const peer = new Peer();
  peers.push(peer);
  peer.connection.addTransceiver('video', { direction: 'sendonly' });
  peer.listen(peer.connection.createDataChannel('stream'));
  const server = await media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  const connect = async () => {
    const sdp = (peer.connection.localDescription?.sdp ?? '').replaceAll('a=setup:actpass', `a=setup:${setup}`);
    await server.setRemoteDescription({ type: 'offer', sdp });
    await server.setLocalDescription({ type: 'answer', sdp: (await server.createAnswer()).sdp ?? '' });
    await peer.connection.setRemoteDescription({ type: 'answer', sdp: server.localDescription?.sdp ?? '' });
    await until(() => [peer.connection, server].every((end) => end.connectionState === 'connected'), 'connected');
  };
  peer.guard();
  return { peer, ice: peer.transport.iceTransport.connection, connect };
}

describe('a handshake', () => {
  test('completes if the server’s last flight is lost, with a remote that packs its flight into one datagram', async () => {
    const { ice, connect } = await publisher();
    const receive = ice.onData.execute;
    let lost = 0;
    ice.onData.execute = (datagram) => {
      // ChangeCipherSpec and Finished.
      const isLast = isHandshake(datagram) && (datagram[0] === 20 || recordsOf(datagram).encrypted.length > 0);
      if (isLast && lost < 2) lost += 1;
      else receive(datagram);
    };
    const send = ice.send;
    const flight: Buffer[] = [];
    ice.send = async (datagram) => {
      if (!isHandshake(datagram)) return send(datagram);
      flight.push(datagram);
      setImmediate(() => {
        if (flight.length > 0) void send(Buffer.concat(flight.splice(0)));
      });
    };
    await connect();
    expect(lost).toBe(2);
  });

  test('ends though the peer, which is the DTLS server, asks twice for the cookie', async () => {
    const { ice, connect } = await publisher('passive');
    const send = ice.send;
    let repeated = 0;
    ice.send = async (datagram) => {
      await send(datagram);
      if (!isHandshake(datagram) || datagram[13] !== 3) return;
      repeated += 1;
      await send(datagram);
    };
    await connect();
    expect(repeated).toBeGreaterThan(0);
  });

  test.each(['active', 'passive'])(
    'begins a count of what is encrypted, in which no number comes twice: %s',
    async (setup) => {
      const { peer, ice, connect } = await publisher(setup);
      // A Finished that comes once more is the same record.
      const records = new Set<string>();
      const receive = ice.onData.execute;
      ice.onData.execute = (datagram) => {
        if ((datagram[0] ?? 0) < 64)
          // @see RFC 6347 § 4.1
          for (const { epoch, bytes } of readRecords(datagram)) if (epoch > 0) records.add(bytes.toString('hex'));
        receive(datagram);
      };
      await connect();
      await until(() => peer.channel?.readyState === 'open', 'channel open');
      while (records.size < 12) {
        const before = records.size;
        peer.channel?.send('acknowledged by SCTP');
        await until(() => records.size > before, 'the acknowledgement');
      }
      const numbers = Array.from(records, (record) => Buffer.from(record, 'hex').readUIntBE(5, 6));
      expect(numbers).toEqual(numbers.map((_, index) => index));
    },
  );
});
