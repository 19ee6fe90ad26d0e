import type { ConnectionPurpose, MediaEnd, MediaKind, PeerConnectionEnd } from '@sigchart/conformance';
import type { PeerConnectionLike } from '@sigchart/webrtc';
import {
  createSelfSignedCertificate,
  DtlsClient,
  HashAlgorithm,
  MediaStreamTrack,
  NamedCurveAlgorithm,
  type RTCDataChannel,
  RTCPeerConnection,
  RtpHeader,
  RtpPacket,
  SignatureAlgorithm,
  useH264,
  useOPUS,
  useVP8,
} from 'werift';
import { isPayloadOf } from './payload.ts';

/**
 * One black picture of 64 by 48, a key frame of VP8, preceded by the byte of the payload descriptor that starts a frame (RFC 7741
 * § 4.2).
 */
export const picture = Buffer.concat([
  Buffer.from([0x10]),
  Buffer.from('sAIAnQEqQAAwAABHCIWFiIWEiAICAAaOT8zHm/FYAP7/q1CA', 'base64'),
]);

/** 20 ms of silence in Opus (RFC 6716 § 3.1). */
const silence = Buffer.from([0xf8, 0xff, 0xfe]);

interface Payload {
  readonly payload: Buffer;
  readonly everyMs: number;
  readonly clockRate: number;
}

const media: Readonly<Record<'audio' | 'video', Payload>> = {
  audio: { payload: silence, everyMs: 20, clockRate: 48_000 },
  video: { payload: picture, everyMs: 100, clockRate: 90_000 },
};

/** A track that sends the same over and over, as long as its connection is open. */
function endlessTrack(kind: 'audio' | 'video', connection: RTCPeerConnection): MediaStreamTrack {
  const { payload, everyMs, clockRate } = media[kind];
  const track = new MediaStreamTrack({ kind });
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
    track.writeRtp(new RtpPacket(header, payload));
  }, everyMs);
  interval.unref();
  return track;
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
 * Opens a connection of a participant: a real one, whose publishers send a black picture and silence.
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
  let channel: RTCDataChannel | undefined;
  if (as !== 'player') {
    const direction = as === 'publisher' ? 'sendonly' : 'sendrecv';
    for (const kind of ['audio', 'video'] as const)
      connection.addTransceiver(endlessTrack(kind, connection), { direction });
    channel = connection.createDataChannel(streamId);
  }
  return Object.assign(asPeerConnection(connection), { media: mediaOf(connection, channel) });
}

/** Counts what arrives at a connection, and sends on its data channels. */
function mediaOf(connection: RTCPeerConnection, own: RTCDataChannel | undefined): MediaEnd {
  const received: Record<MediaKind, number> = { audio: 0, video: 0 };
  const data: string[] = [];
  const channels: RTCDataChannel[] = [];
  const listen = (channel: RTCDataChannel) => {
    channels.push(channel);
    channel.onMessage.subscribe((message) => data.push(String(message)));
  };
  if (own !== undefined) listen(own);
  connection.onDataChannel.subscribe(listen);
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ payload }) => {
      const kind = track.kind === 'audio' ? 'audio' : 'video';
      if (isPayloadOf(track.codec?.mimeType ?? '', payload)) received[kind] += 1;
    });
  });
  return {
    received: (kind) => received[kind],
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
