import { randomBytes } from 'node:crypto';
import {
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  type RTCRtpTransceiver,
  RtpHeader,
  RtpPacket,
  serializeSdesMid,
  serializeTransportWideCC,
  useOPUS,
  useVP8,
} from 'werift';
import { MediaSocket } from './mediaSocket.ts';

export type Kind = 'audio' | 'video';

/** Packets a second of a video, and the bytes of each: 1 Mbit/s. */
export const packetsPerSecond = 100;
const videoBytes = 1_200;

/** Opus of 48 kbit/s, in packets of 20 ms. */
export const audioPacketsPerSecond = 50;
const audioBytes = 120;

const clockRates = { audio: 48_000, video: 90_000 };
const payloadTypes = { audio: 111, video: 96 };
const packetRates = { audio: audioPacketsPerSecond, video: packetsPerSecond };

/** Number of packets after which one is sent by werift, so that it writes sender reports. */
const reportedPackets = 50;

const midUri = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const transportSequenceUri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** Offset of the packet's number in its payload, after VP8's descriptor. */
const numberAt = 2;

/** A VP8 payload of a delta frame, or noise. It has room for the number of the packet. */
const payloadOf = (kind: Kind): Buffer =>
  kind === 'audio' ? randomBytes(audioBytes) : Buffer.concat([Buffer.from([0x10, 0x01]), randomBytes(videoBytes - 2)]);

/** One track that is sent. */
interface SentTrack {
  readonly kind: Kind;
  readonly transceiver: RTCRtpTransceiver;
  readonly payload: Buffer;
  packets: number;
}

/** A publisher that sends what a budget of bits allows, or a player that counts what comes and looks into none of it. */
export class Peer {
  readonly connection: RTCPeerConnection;
  /** RTP packets received, without retransmissions and padding. */
  received = 0;
  /** RTP packets sent. */
  sent = 0;
  /** Called before each packet that {@link start} sends. Default none. */
  onSend: (() => void) | undefined;
  /** Called with each encrypted packet that is counted. Default none. */
  onPacket: ((datagram: Buffer) => void) | undefined;
  #tracks: readonly SentTrack[] = [];
  #socket: MediaSocket | undefined;
  #rtxPayloadTypes: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param kinds - Tracks of a publisher. A player takes what is offered. */
  constructor(direction: 'sendonly' | 'recvonly', kinds: readonly Kind[] = ['video']) {
    const extension = (uri: string) => new RTCRtpHeaderExtensionParameters({ uri });
    this.connection = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      bundlePolicy: 'max-bundle',
      codecs: {
        audio: [useOPUS({ payloadType: payloadTypes.audio })],
        video: [
          useVP8({
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
            payloadType: payloadTypes.video,
          }),
          new RTCRtpCodecParameters({
            mimeType: 'video/rtx',
            clockRate: 90_000,
            payloadType: 97,
            parameters: 'apt=96',
          }),
        ],
      },
      headerExtensions: { audio: [extension(midUri)], video: [extension(midUri), extension(transportSequenceUri)] },
    });
    if (direction === 'sendonly')
      this.#tracks = kinds.map((kind) => ({
        kind,
        transceiver: this.connection.addTransceiver(kind, { direction }),
        payload: payloadOf(kind),
        packets: 0,
      }));
  }

  /** True if it has a track of a kind to send. */
  sends(kind: Kind): boolean {
    return this.#tracks.some((track) => track.kind === kind);
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
    const codecs = this.connection.getTransceivers().flatMap((transceiver) => transceiver.codecs);
    this.#rtxPayloadTypes = codecs.filter(({ name }) => name === 'rtx').map(({ payloadType }) => payloadType);
    this.#socket = new MediaSocket(this.#transport, (datagram) => {
      if (this.#rtxPayloadTypes.includes((datagram[1] ?? 0) & 0x7f)) return;
      this.received += 1;
      this.onPacket?.(datagram);
    });
  }

  get #transport() {
    const [transport] = this.connection.dtlsTransports;
    if (transport === undefined) throw new Error('a connection without a transport');
    return transport;
  }

  /** Sends the next packet of each of its tracks of a kind. Packets are sent together, like those of one frame. */
  send(kind: Kind): void {
    for (const track of this.#tracks) if (track.kind === kind) this.#send(track);
  }

  #send(track: SentTrack): void {
    const { kind, transceiver, payload, packets } = track;
    track.packets += 1;
    this.sent += 1;
    payload.writeUInt32BE(packets, numberAt);
    const header = new RtpHeader({
      sequenceNumber: packets & 0xffff,
      timestamp: Math.round((packets * clockRates[kind]) / packetRates[kind]),
      payloadType: payloadTypes[kind],
      marker: true,
    });
    if (packets % reportedPackets === 0) {
      void transceiver.sender.sendRtp(new RtpPacket(header, payload)).catch(() => {});
      return;
    }
    header.ssrc = transceiver.sender.ssrc;
    header.extension = true;
    header.extensions = transceiver.headerExtensions.map(({ id, uri }) => ({
      id,
      payload: uri === midUri ? serializeSdesMid(transceiver.mid ?? '') : this.#nextTransportSequence(),
    }));
    this.#socket?.send(this.#transport.srtp.encrypt(payload, header));
  }

  #nextTransportSequence(): Buffer {
    const transport = this.#transport;
    transport.transportSequenceNumber = (transport.transportSequenceNumber + 1) & 0xffff;
    return serializeTransportWideCC(transport.transportSequenceNumber);
  }

  /** Number that {@link send} wrote into a packet of the video which this peer received. Decrypts it: once for each packet. */
  numberOf(datagram: Buffer): number {
    const { payload } = RtpPacket.deSerialize(this.#transport.srtp.decrypt(datagram));
    return payload.readUInt32BE(numberAt);
  }

  /** Starts to send packets of video at a rate. */
  start(rate = packetsPerSecond): void {
    const begin = performance.now();
    const before = this.sent;
    this.#timer = setInterval(() => {
      const due = before + ((performance.now() - begin) * rate) / 1000;
      while (this.sent < due) {
        this.onSend?.();
        this.send('video');
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
