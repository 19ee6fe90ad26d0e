import type { IceServer } from '@sigchart/core/machines';
import type { Connect } from '@sigchart/webrtc';
import type { Surface } from './handle.ts';
import { addSimulcast, simulcastEncodings } from './simulcast.ts';

/** Outgoing media of a role, with its encodings. */
export interface OutgoingMedia {
  readonly stream: MediaStream;
  /** True if a publisher's video is sent in several encodings. Default for a video of 540 lines or more. */
  readonly simulcast?: boolean | undefined;
}

/** Parts of a role's connection. */
export interface ConnectionOptions {
  readonly iceServers: () => readonly IceServer[];
  readonly surface: () => Surface;
  /** Media of a publisher or a peer, read when it connects. */
  readonly media: () => OutgoingMedia | undefined;
  /** True if a publisher opens a data channel. */
  readonly dataChannel: boolean;
}

function listenTo(channel: RTCDataChannel, surface: Surface): void {
  channel.binaryType = 'arraybuffer';
  surface.channel = channel;
  channel.onmessage = ({ data }) => {
    for (const listener of surface.received) listener(data as string | ArrayBuffer);
  };
  channel.onopen = () => surface.changed();
  channel.onclose = () => surface.changed();
}

/** Opens browser connections for one role: with the tracks to send, and a stream for those that come. */
export const connectWith =
  ({ iceServers, surface: surfaceOf, media, dataChannel }: ConnectionOptions): Connect =>
  ({ role, streamId, isOfferer = role === 'publisher' }) => {
    const surface = surfaceOf();
    const connection = new RTCPeerConnection({ iceServers: iceServers().map((server) => ({ ...server })) });
    surface.connection = connection;
    const outgoing = role === 'player' ? undefined : media();
    const sent = outgoing?.stream;
    if (sent !== undefined)
      for (const track of sent.getTracks()) {
        const isOne = role !== 'publisher' || track.kind !== 'video';
        const encodings = isOne ? undefined : simulcastEncodings(track.getSettings(), outgoing?.simulcast);
        if (encodings === undefined) connection.addTrack(track, sent);
        else addSimulcast(connection, track, sent, encodings);
      }
    if (role === 'publisher') {
      surface.stream = sent;
    } else {
      const stream = new MediaStream();
      surface.stream = stream;
      connection.ontrack = ({ track }) => {
        stream.addTrack(track);
        surface.tracks = stream.getTracks();
        surface.changed();
      };
    }
    surface.tracks = surface.stream?.getTracks() ?? [];
    if (isOfferer && dataChannel) listenTo(connection.createDataChannel(streamId, { ordered: true }), surface);
    connection.ondatachannel = ({ channel }) => listenTo(channel, surface);
    surface.changed();
    return connection;
  };
