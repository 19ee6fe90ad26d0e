import { randomBytes } from 'node:crypto';
import type { ConnectionPurpose, MediaEnd, PeerConnectionEnd } from '@sigchart/conformance';
import type { PeerConnectionLike } from '@sigchart/webrtc';
import {
  createSelfSignedCertificate,
  DtlsClient,
  HashAlgorithm,
  MediaStreamTrack,
  NamedCurveAlgorithm,
  PictureLossIndication,
  type RTCDataChannel,
  RTCPeerConnection,
  type RTCRtpSender,
  RtcpPayloadSpecificFeedback,
  RtpHeader,
  RtpPacket,
  SignatureAlgorithm,
  useH264,
  useOPUS,
  useVP8,
} from 'werift';
import { Arrivals } from './arrivals.ts';
import { encodeMark, markBytes, markOf } from './mark.ts';
import { isPayloadOf, isStartOf } from './payload.ts';

/**
 * One black picture of 64 by 48, a key frame of VP8, preceded by the byte of the payload descriptor that starts a frame (RFC 7741
 * § 4.2).
 */
export const picture = Buffer.concat([
  Buffer.from([0x10]),
  Buffer.from('sAIAnQEqQAAwAABHCIWFiIWEiAICAAaOT8zHm/FYAP7/q1CA', 'base64'),
]);

/** The same picture again, as a frame that refers to the one before. */
const samePicture = Buffer.concat([Buffer.from([0x10]), Buffer.from('0QEAARAQABgAGFgv9AAIjAAA', 'base64')]);

/** 20 ms of silence in Opus, with room for a mark as padding (RFC 6716 § 3.2.5). */
const silence = Buffer.from([0xfb, 0x41, markBytes, 0xff, 0xfe]);

const rates = { audio: { everyMs: 20, clockRate: 48_000 }, video: { everyMs: 100, clockRate: 90_000 } } as const;

/** Interval at which a player asks for a key frame until it has one, as browsers do. Milliseconds. */
const keyFrameRequestMs = 500;

/** Format of a full intra request in RTCP (RFC 5104 § 4.3.1). */
const fullIntraRequest = 4;

/** Calls a listener when a receiver asks for a key frame. */
function onKeyFrameRequest({ onRtcp }: RTCRtpSender, asked: () => void): void {
  onRtcp.subscribe((packet) => {
    if (!(packet instanceof RtcpPayloadSpecificFeedback)) return;
    // werift leaves out feedback that it does not know.
    const count = (packet.feedback as typeof packet.feedback | undefined)?.count;
    if (count === PictureLossIndication.count || count === fullIntraRequest) asked();
  });
}

/**
 * Adds a track that sends the same over and over, as long as its connection is open. Every packet has a mark at its end, which no
 * decoder reads. Video has a key frame at first, and then only when one is asked for, as from an encoder.
 */
function addEndlessTrack(
  kind: 'audio' | 'video',
  direction: 'sendonly' | 'sendrecv',
  connection: RTCPeerConnection,
  name: string,
): void {
  const { everyMs, clockRate } = rates[kind];
  const track = new MediaStreamTrack({ kind });
  const { sender } = connection.addTransceiver(track, { direction });
  let isKeyFrameDue = true;
  onKeyFrameRequest(sender, () => {
    isKeyFrameDue = true;
  });
  let count = 0;
  const interval = setInterval(() => {
    if (connection.connectionState === 'closed') {
      clearInterval(interval);
      return;
    }
    if (connection.connectionState !== 'connected') return;
    count += 1;
    const header = new RtpHeader({
      sequenceNumber: count % 65_536,
      timestamp: (count * everyMs * (clockRate / 1_000)) % 2 ** 32,
      marker: kind === 'video',
      payloadType: 96,
    });
    const frame = kind === 'audio' ? silence : isKeyFrameDue ? picture : samePicture;
    isKeyFrameDue = false;
    track.writeRtp(new RtpPacket(header, Buffer.concat([frame, encodeMark({ name, count })])));
  }, everyMs);
  interval.unref();
}

/** Type of the handshake message HelloVerifyRequest (RFC 6347 § 4.3.2). */
const helloVerifyRequest = 3;

/**
 * Drops a repeated HelloVerifyRequest. werift 0.25 fails the handshake on it, and causes it whenever an answer takes longer than
 * 500 ms, after which it repeats ClientHello. Can go when werift ignores it.
 */
function bearLateAnswers(connection: RTCPeerConnection): void {
  for (const transport of connection.dtlsTransports)
    transport.onStateChange.subscribe((state) => {
      if (state !== 'connecting') return;
      queueMicrotask(() => {
        const { dtls } = transport;
        if (!(dtls instanceof DtlsClient)) return;
        const handle = dtls.onHandleHandshakes;
        dtls.onHandleHandshakes = (messages) =>
          handle(messages.filter(({ msg_type }) => msg_type !== helloVerifyRequest || dtls.dtls.flight < 3));
      });
    });
}

/** A connection of werift in the shape of W3C's. Its DTLS mends are in place once it has described itself. */
export function asPeerConnection(connection: RTCPeerConnection): PeerConnectionLike {
  let patched = false;
  return {
    get connectionState() {
      return connection.connectionState;
    },
    get localDescription() {
      return connection.localDescription ?? null;
    },
    createOffer: () => connection.createOffer(),
    createAnswer: () => connection.createAnswer(),
    async setLocalDescription(description) {
      await connection.setLocalDescription(description);
      if (patched) return;
      patched = true;
      bearLateAnswers(connection);
    },
    setRemoteDescription: (description) => connection.setRemoteDescription(description),
    addIceCandidate: ({ candidate, sdpMid, sdpMLineIndex }) =>
      connection.addIceCandidate({
        candidate,
        ...(sdpMid !== null && { sdpMid }),
        ...(sdpMLineIndex !== null && { sdpMLineIndex }),
      }),
    getTransceivers: () =>
      connection.getTransceivers().map(({ mid, sender: { track } }) => ({
        mid: mid ?? null,
        sender: { track: track === undefined || track === null ? null : { id: track.id ?? '' } },
      })),
    addEventListener(type: string, listener: (event: never) => void) {
      if (type === 'icecandidate') connection.onIceCandidate.subscribe((candidate) => listener({ candidate } as never));
      else if (type === 'connectionstatechange')
        connection.connectionStateChange.subscribe(() => listener(undefined as never));
    },
    close: () => connection.close(),
  };
}

/**
 * A certificate for one connection, as a browser makes one for each. Those of werift share one by default: a new connection would
 * then look like an ICE restart of the one before (RFC 8842 § 5).
 */
const newCertificate = () =>
  createSelfSignedCertificate(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );

/**
 * Opens a connection of a participant: a real one, whose publishers send a black picture and silence, marked with the name of their connection.
 *
 * @param loopback whether the server is on this machine.
 */
export async function openConnection(
  as: ConnectionPurpose,
  streamId: string,
  loopback: boolean,
): Promise<PeerConnectionEnd> {
  const connection = new RTCPeerConnection({
    iceServers: [],
    dtls: { keys: await newCertificate() },
    bundlePolicy: 'max-bundle',
    codecs: { audio: [useOPUS()], video: [useVP8(), useH264()] },
    ...(loopback && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
  });
  const name = randomBytes(8).toString('hex');
  let channel: RTCDataChannel | undefined;
  if (as !== 'player') {
    const direction = as === 'publisher' ? 'sendonly' : 'sendrecv';
    for (const kind of ['audio', 'video'] as const) addEndlessTrack(kind, direction, connection, name);
    channel = connection.createDataChannel(streamId);
  }
  return Object.assign(asPeerConnection(connection), { media: mediaOf(connection, channel, name) });
}

/** Counts what arrives at a connection, and sends on its data channels. */
function mediaOf(connection: RTCPeerConnection, own: RTCDataChannel | undefined, name: string): MediaEnd {
  const arrivals = new Arrivals();
  let packets = 0;
  const data: string[] = [];
  const channels: RTCDataChannel[] = [];
  const listen = (channel: RTCDataChannel) => {
    channels.push(channel);
    channel.onMessage.subscribe((message) => data.push(String(message)));
  };
  if (own !== undefined) listen(own);
  connection.onDataChannel.subscribe(listen);
  connection.onTrack.subscribe((track) => {
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    let askedMs = Number.NEGATIVE_INFINITY;
    track.onReceiveRtp.subscribe(({ header: { ssrc }, payload }) => {
      if (payload.length > 0) packets += 1;
      const codec = track.codec?.mimeType ?? '';
      if (!isPayloadOf(codec, payload)) return;
      const waits = arrivals.add({ kind, mark: markOf(payload), isStart: isStartOf(codec, payload) });
      if (!waits || performance.now() - askedMs < keyFrameRequestMs) return;
      askedMs = performance.now();
      const receiver = connection
        .getTransceivers()
        .find(({ receiver: { tracks } }) => tracks.includes(track))?.receiver;
      receiver?.sendRtcpPLI(ssrc).catch(() => {});
    });
  });
  return {
    name,
    get packets() {
      return packets;
    },
    received: (kind, from) => arrivals.usable(kind, from),
    data,
    sendData(text) {
      const [channel] = channels;
      if (channel === undefined) {
        connection.onDataChannel.once((late) => sendOn(late, text));
        return;
      }
      sendOn(channel, text);
    },
  };
}

/** Sends a text as soon as the channel is open. */
function sendOn(channel: RTCDataChannel, text: string): void {
  if (channel.readyState === 'open') channel.send(text);
  else
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') channel.send(text);
    });
}
