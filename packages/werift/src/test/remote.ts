import { ownTracks, type TrackAssignment } from '@sigchart/core/machines';
import type { PeerConnectionLike } from '@sigchart/webrtc';
import {
  type RTCCertificate,
  type RTCDataChannel,
  RTCDtlsTransport,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  type RtcpPacket,
  RtpHeader,
  type RtpPacket,
  useOPUS,
  useVP8,
} from 'werift';
import type { Media } from '../index.ts';
import { midUri, transportSequenceUri } from '../sdp/extensions.ts';

/** werift numbers them 1 and 2, and writes that into what it was given. */
const headerExtensions = () =>
  [midUri, transportSequenceUri].map((uri) => new RTCRtpHeaderExtensionParameters({ uri }));

/**
 * True if a datagram asks a DTLS client for its cookie again, because its first hello was slow and arrived twice. werift 0.25
 * then ends the handshake.
 */
const isRepeatedVerifyRequest = (datagram: Buffer, { dtls }: RTCDtlsTransport): boolean =>
  datagram.length > 13 &&
  datagram[0] === 22 &&
  // In a later epoch, everything after the header is encrypted.
  datagram.readUInt16BE(3) === 0 &&
  datagram[13] === 3 &&
  dtls !== undefined &&
  dtls.dtls.flight >= 3;

/** Waits until something holds. Rejects after 25 s. */
export async function until(holds: () => unknown, what: string): Promise<void> {
  const deadline = performance.now() + 25_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The other end of a connection under test: werift's own peer connection for signalling, packets made by hand. */
export class Peer {
  readonly connection: RTCPeerConnection;
  /** Received packets, oldest first. */
  readonly rtp: RtpPacket[] = [];
  readonly rtcp: RtcpPacket[] = [];
  readonly messages: (string | Buffer)[] = [];
  channel: RTCDataChannel | undefined;
  #isGuarded = false;

  constructor() {
    this.connection = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      bundlePolicy: 'max-bundle',
      maxMessageSize: 256 * 1024,
      codecs: {
        audio: [useOPUS()],
        video: [
          useVP8({
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
            payloadType: 100,
          }),
          new RTCRtpCodecParameters({
            mimeType: 'video/rtx',
            clockRate: 90_000,
            payloadType: 101,
            parameters: 'apt=100',
          }),
        ],
      },
      headerExtensions: {
        audio: headerExtensions(),
        video: headerExtensions(),
      },
    });
    this.connection.onDataChannel.subscribe((channel) => this.listen(channel));
  }

  listen(channel: RTCDataChannel): void {
    this.channel = channel;
    channel.onMessage.subscribe((message) => this.messages.push(message));
  }

  get transport() {
    const [transport] = this.connection.dtlsTransports;
    if (transport === undefined) throw new Error('no transport');
    return transport;
  }

  /** Keeps a machine that is slow from ending the handshake. */
  guard(): void {
    if (this.#isGuarded) return;
    this.#isGuarded = true;
    const { transport } = this;
    const { onData } = transport.iceTransport.connection;
    const receive = onData.execute;
    onData.execute = (datagram) => {
      if (!isRepeatedVerifyRequest(datagram, transport)) receive(datagram);
    };
  }

  /** Starts to record packets. */
  hear(): void {
    this.transport.onRtp.subscribe((packet) => this.rtp.push(packet));
    this.transport.onRtcp.subscribe((packet) => this.rtcp.push(packet));
  }

  /** Sends one RTP packet. */
  async send(header: Partial<RtpHeader>, payload: Buffer): Promise<void> {
    await this.transport.sendRtp(payload, new RtpHeader(header));
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/** A certificate for the peers that are made from now on, while all of a process have the same by default. */
export async function newCertificate(): Promise<RTCCertificate> {
  Object.assign(RTCDtlsTransport, { localCertificate: undefined, localCertificatePromise: undefined });
  return RTCDtlsTransport.SetupCertificate();
}

/** Options of a test publisher. */
export interface PublishOptions {
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly data?: boolean;
}

/** A publisher that is connected. */
export interface Published {
  readonly peer: Peer;
  readonly server: PeerConnectionLike;
}

export const isConnected = (...ends: readonly { readonly connectionState: string }[]) =>
  ends.every(({ connectionState }) => connectionState === 'connected');

/** Makes an offer of a publisher and has it answered. */
export async function offer(peer: Peer, server: PeerConnectionLike): Promise<void> {
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  peer.guard();
  await server.setRemoteDescription({ type: 'offer', sdp: peer.connection.localDescription?.sdp ?? '' });
  const { sdp = '' } = await server.createAnswer();
  await server.setLocalDescription({ type: 'answer', sdp });
  await peer.connection.setRemoteDescription({ type: 'answer', sdp: server.localDescription?.sdp ?? '' });
}

/** Makes a player answer an offer of the server. */
export async function answer(peer: Peer, server: PeerConnectionLike): Promise<void> {
  const { sdp = '' } = await server.createOffer();
  await server.setLocalDescription({ type: 'offer', sdp });
  await peer.connection.setRemoteDescription({ type: 'offer', sdp: server.localDescription?.sdp ?? '' });
  peer.guard();
  await peer.connection.setLocalDescription(await peer.connection.createAnswer());
  await server.setRemoteDescription({ type: 'answer', sdp: peer.connection.localDescription?.sdp ?? '' });
}

/** Publishes, and waits until that is connected. */
export async function publish(media: Media, streamId: string, options: PublishOptions = {}): Promise<Published> {
  const { audio = true, video = true, data = true } = options;
  const peer = new Peer();
  if (audio) peer.connection.addTransceiver('audio', { direction: 'sendonly' });
  if (video) peer.connection.addTransceiver('video', { direction: 'sendonly' });
  if (data) peer.listen(peer.connection.createDataChannel(streamId));
  const server = await media.connect('live', { type: 'rtc.open', role: 'publisher', streamId });
  await offer(peer, server);
  peer.hear();
  await until(() => isConnected(peer.connection, server), 'publisher connected');
  return { peer, server };
}

/** Plays, and waits until that is connected. */
export async function play(
  media: Media,
  streamId: string,
  tracks = [ownTracks(streamId)] as readonly TrackAssignment[],
): Promise<Published> {
  const peer = new Peer();
  const server = await media.connect('live', { type: 'rtc.open', role: 'player', streamId, tracks });
  await answer(peer, server);
  peer.hear();
  await until(() => isConnected(peer.connection, server), 'player connected');
  return { peer, server };
}
