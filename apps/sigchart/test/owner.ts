/**
 * A publisher in its own process, which can be stopped, frozen and killed. Sends its parent `live` once its media is connected.
 * On `hold`, it stops reading from its socket, as if an attacker on the path blocked its TCP connection; its media continues.
 */
import { openConnection } from '../src/media.ts';
import { openSocket } from '../src/socket.ts';

const [url = '', streamId = ''] = process.argv.slice(2);
const connection = await openConnection('publisher', streamId, true);
const say = (message: object) => socket.send(JSON.stringify({ streamId, ...message }));

const hears: Readonly<Record<string, (message: Record<string, string>) => unknown>> = {
  async start() {
    await connection.setLocalDescription({ type: 'offer', sdp: (await connection.createOffer()).sdp ?? '' });
    say({ command: 'takeConfiguration', type: 'offer', sdp: connection.localDescription?.sdp });
  },
  takeConfiguration: ({ sdp = '' }) => connection.setRemoteDescription({ type: 'answer', sdp }),
  takeCandidate: ({ candidate = '', label, id = '0' }) =>
    connection.addIceCandidate({ candidate, sdpMid: id, sdpMLineIndex: Number(label) }),
  notification: ({ definition }) => process.send?.(definition === 'publish_started' ? 'live' : definition),
};

const socket = await openSocket(
  new URL(url),
  { timeoutMs: 20_000 },
  {
    text(text) {
      const message = JSON.parse(text);
      hears[message.command]?.(message);
    },
    binary() {},
    closed() {},
  },
);
process.on('message', (order) => (order === 'hold' ? socket.pause() : socket.resume()));
process.on('disconnect', () => process.exit());
say({ command: 'publish' });
