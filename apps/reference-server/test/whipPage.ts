// WHIP and WHEP clients of other projects, unmodified, for a page.
import { WebRTCPlayer } from '@eyevinn/webrtc-player';
import { WHIPClient as EyevinnWhipClient } from '@eyevinn/whip-web-client';
import { WHEPClient } from 'whip-whep/whep.js';
import { WHIPClient } from 'whip-whep/whip.js';

interface Client {
  readonly connection: RTCPeerConnection | undefined;
  restart?(): unknown;
  stop(): Promise<unknown>;
}

const clients: Record<string, Client> = {};

const media = () => navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 }, audio: true });

const videoOf = () => {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  document.body.append(video);
  return video;
};

const openers: Record<string, (url: string, token?: string) => Promise<Client>> = {
  'whip-whep publisher': async (url, token) => {
    const connection = new RTCPeerConnection();
    for (const track of (await media()).getTracks()) connection.addTransceiver(track, { direction: 'sendonly' });
    const client = new WHIPClient();
    await client.publish(connection, url, token);
    return { connection, restart: () => client.restart(), stop: () => client.stop() };
  },
  'whip-whep player': async (url, token) => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    const video = videoOf();
    const stream = new MediaStream();
    video.srcObject = stream;
    connection.ontrack = ({ track }) => stream.addTrack(track);
    const client = new WHEPClient();
    await client.view(connection, url, token);
    return { connection, restart: () => client.restart(), stop: () => client.stop() };
  },
  'Eyevinn publisher': async (url, token) => {
    let connection: RTCPeerConnection | undefined;
    const client = new EyevinnWhipClient({
      endpoint: url,
      opts: { iceServers: [], ...(token !== undefined && { authkey: token }) },
      peerConnectionFactory: (configuration: RTCConfiguration) => {
        connection = new RTCPeerConnection(configuration);
        return connection;
      },
    });
    await client.ingest(await media());
    return { connection, stop: () => client.destroy() };
  },
  'Eyevinn player': async (url) => {
    let connection: RTCPeerConnection | undefined;
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connection = this;
      }
    };
    const player = new WebRTCPlayer({ video: videoOf(), type: 'whep', iceServers: [] });
    await player.load(new URL(url));
    window.RTCPeerConnection = Native;
    return { connection, stop: async () => player.destroy() };
  },
};

Object.assign(window, {
  /** Opens a client of a kind. Resolves when media arrives, or with the reason of a refusal. */
  async whipOpen(kind: string, name: string, url: string, token?: string) {
    try {
      clients[name] = (await openers[kind]?.(url, token)) as Client;
      return 'open';
    } catch (error) {
      return String(error);
    }
  },
  whipRestart: (name: string) => clients[name]?.restart?.(),
  async whipStop(name: string) {
    await clients[name]?.stop();
    clients[name]?.connection?.close();
  },
  async whipReceived(name: string) {
    const stats = [...((await clients[name]?.connection?.getStats())?.values() ?? [])];
    const inbound = (kind: string) => stats.find((one) => one.type === 'inbound-rtp' && one.kind === kind);
    return {
      frames: inbound('video')?.framesDecoded ?? 0,
      audioPackets: inbound('audio')?.packetsReceived ?? 0,
      state: clients[name]?.connection?.connectionState,
    };
  },
});
