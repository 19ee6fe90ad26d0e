import type { IceServer } from '@sigchart/core';
import type { Connect } from '@sigchart/webrtc';
import type { Surface } from './handle.ts';

/** What a role's connection is made of. */
export interface ConnectionOptions {
  readonly iceServers: () => readonly IceServer[];
  readonly surface: () => Surface;
  /** What a publisher or a peer sends, when it connects. */
  readonly media: () => MediaStream | undefined;
  /** Whether a publisher opens a data channel. */
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
    const sent = role === 'player' ? undefined : media();
    for (const track of sent?.getTracks() ?? []) if (sent !== undefined) connection.addTrack(track, sent);
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
