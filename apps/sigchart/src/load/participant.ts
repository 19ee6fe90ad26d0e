import { type Clock, createClientSession, type MessageSocket, type SocketListener } from '@sigchart/core/session';
import { rtcPerformer } from '@sigchart/webrtc';
import { isMedia, isRtcp, RTCPeerConnection, useVP8 } from 'werift';
import { WebSocket } from 'ws';
import { asPeerConnection } from '../media.ts';
import { Arrivals, VideoSender } from './stream.ts';

/** Connection of a participant to the server. */
export interface ParticipantOptions {
  readonly address: URL;
  readonly role: 'publisher' | 'player';
  readonly streamId: string;
  readonly token: string | undefined;
  /** Of a publisher. Kbit/s. */
  readonly kbps: number;
  readonly insecure: boolean;
  readonly loopback: boolean;
}

const clock: Clock = {
  start(ms, elapsed) {
    const timer = setTimeout(elapsed, ms);
    return () => clearTimeout(timer);
  },
};

/** One publisher or player: the client's own machines over a real connection. */
export class Participant {
  readonly arrivals = new Arrivals();
  /** From the request to connected media. Milliseconds; `undefined` until then. */
  connectedAfterMs: number | undefined;
  /** Reason it ended, if it did. */
  failure: string | undefined;
  video: VideoSender | undefined;
  readonly #options: ParticipantOptions;
  readonly #session: ReturnType<typeof createClientSession>;
  #connection: RTCPeerConnection | undefined;

  constructor(options: ParticipantOptions) {
    this.#options = options;
    this.#session = createClientSession({
      dial: (listener) => this.#dial(listener),
      clock,
      rtc: rtcPerformer(() => asPeerConnection(this.#connect())),
      iceServers: [],
      retryLimit: 0,
    });
  }

  /** Resolves once media is connected, or the role has ended. */
  join(): Promise<void> {
    const { role, streamId, token } = this.#options;
    const begin = performance.now();
    const running =
      role === 'publisher' ? this.#session.publish({ streamId, token }) : this.#session.play({ streamId, token });
    return new Promise((resolve) => {
      running.subscribe((snapshot) => {
        const isConnected =
          role === 'publisher'
            ? snapshot.matches({ accepted: { media: 'publishing' } } as never)
            : snapshot.matches({ accepted: { media: 'playing' } } as never);
        if (isConnected && this.connectedAfterMs === undefined) {
          this.connectedAfterMs = performance.now() - begin;
          resolve();
        } else if (snapshot.status === 'done') {
          this.failure ??= String((snapshot.context as { readonly reason?: unknown }).reason ?? 'ended');
          resolve();
        }
      });
    });
  }

  #dial(listener: SocketListener): MessageSocket {
    const { address, insecure } = this.#options;
    const socket = new WebSocket(address, { perMessageDeflate: false, rejectUnauthorized: !insecure });
    socket.on('open', () => listener.opened());
    socket.on('message', (data, isBinary) => {
      if (!isBinary) listener.received(String(data));
    });
    socket.on('error', (error) => {
      this.failure ??= error.message;
    });
    socket.on('close', () => listener.closed());
    return { send: (text) => socket.send(text, () => {}), close: () => socket.close() };
  }

  #connect(): RTCPeerConnection {
    const { role, kbps, loopback } = this.#options;
    const connection = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      codecs: { audio: [], video: [useVP8({ payloadType: 96 })] },
      ...(loopback && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
    });
    this.#connection = connection;
    if (role === 'publisher') {
      const { sender } = connection.addTransceiver('video', { direction: 'sendonly' });
      this.video = new VideoSender(sender, kbps);
    }
    connection.connectionStateChange.subscribe((state) => {
      if (state !== 'connected') return;
      this.video?.start();
      if (role === 'player') this.#count(connection);
    });
    return connection;
  }

  /** Media is counted as it comes, before it is decrypted: a viewer costs this process as little as may be. */
  #count(connection: RTCPeerConnection): void {
    const [transport] = connection.dtlsTransports;
    if (transport === undefined) return;
    const { onData } = transport.iceTransport.connection;
    const { execute } = onData;
    onData.execute = (datagram) => {
      if (isMedia(datagram) && !isRtcp(datagram)) this.arrivals.add(datagram);
      else execute(datagram);
    };
  }

  async close(): Promise<void> {
    this.video?.stop();
    this.#session.close();
    await this.#connection?.close();
  }
}
