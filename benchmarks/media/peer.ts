import { randomBytes } from 'node:crypto';
import {
  isMedia,
  isRtcp,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  RtpHeader,
  RtpPacket,
  useVP8,
} from 'werift';

/** Packets a second, and the bytes of each: 1 Mbit/s. */
export const packetsPerSecond = 100;
const payloadBytes = 1_200;

const extensionUris = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
];

/** When the last packets of this process were sent, by timestamp. Milliseconds. */
const sendTimes = new Map<number, number>();
const maxSendTimes = 1_000;

/** A publisher that sends what a budget of bits allows, or a player that counts what comes and looks into none of it. */
export class Peer {
  readonly connection: RTCPeerConnection;
  /** RTP packets received. */
  received = 0;
  /** RTP packets sent. */
  sent = 0;
  /** Collects how long each packet took, where the publisher is in this process. Milliseconds; `undefined` collects nothing. */
  delays: number[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(direction: 'sendonly' | 'recvonly') {
    this.connection = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      bundlePolicy: 'max-bundle',
      codecs: {
        audio: [],
        video: [
          useVP8({
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
            payloadType: 96,
          }),
          new RTCRtpCodecParameters({
            mimeType: 'video/rtx',
            clockRate: 90_000,
            payloadType: 97,
            parameters: 'apt=96',
          }),
        ],
      },
      headerExtensions: { video: extensionUris.map((uri) => new RTCRtpHeaderExtensionParameters({ uri })) },
    });
    if (direction === 'sendonly') this.connection.addTransceiver('video', { direction });
  }

  /** Offer with its candidates. */
  async offer(): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    return this.connection.localDescription?.sdp ?? '';
  }

  /** Takes the answer to its offer. */
  async answered(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
  }

  /** Answers an offer. */
  async answer(sdp: string): Promise<string> {
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    return this.connection.localDescription?.sdp ?? '';
  }

  /** Waits until it is connected, and from then on counts. */
  async connected(): Promise<void> {
    if (this.connection.connectionState !== 'connected')
      await this.connection.connectionStateChange.watch((state) => state === 'connected', 60_000);
    const [transport] = this.connection.dtlsTransports;
    if (transport === undefined) throw new Error('a connection without a transport');
    const { onData } = transport.iceTransport.connection;
    const { execute } = onData;
    onData.execute = (datagram) => {
      if (isMedia(datagram) && !isRtcp(datagram)) {
        this.received += 1;
        if (this.delays === undefined) return;
        // The server keeps timestamps, by which packets are known without their payload.
        const sentAtMs = sendTimes.get(datagram.readUInt32BE(4));
        if (sentAtMs !== undefined) this.delays.push(performance.now() - sentAtMs);
      } else execute(datagram);
    };
  }

  /** Starts to send packets at a rate. */
  start(rate = packetsPerSecond): void {
    const [transceiver] = this.connection.getTransceivers();
    const { sender } = transceiver ?? {};
    // A VP8 payload of a delta frame. Packets are sent together, like those of one frame.
    const payload = Buffer.concat([Buffer.from([0x10, 0x01]), randomBytes(payloadBytes - 2)]);
    const begin = performance.now();
    const before = this.sent;
    this.#timer = setInterval(() => {
      const due = before + ((performance.now() - begin) * rate) / 1000;
      for (; this.sent < due; this.sent += 1) {
        const timestamp = Math.round((this.sent * 90_000) / packetsPerSecond);
        sendTimes.set(timestamp, performance.now());
        if (sendTimes.size > maxSendTimes) sendTimes.delete(sendTimes.keys().next().value ?? 0);
        const header = new RtpHeader({ sequenceNumber: this.sent & 0xffff, timestamp, payloadType: 96, marker: true });
        void sender?.sendRtp(new RtpPacket(header, payload)).catch(() => {});
      }
    }, 10);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async close(): Promise<void> {
    this.stop();
    await this.connection.close();
  }
}
