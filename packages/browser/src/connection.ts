import type { IceServer } from '@sigchart/core';
import type { Connect } from '@sigchart/webrtc';
import type { Surface } from './handle.ts';

/** What a role's connection is made of. */
export interface ConnectionOptions {
  readonly iceServers: () => readonly IceServer[];
  readonly surface: () => Surface;
  /** What a publisher sends, when it connects. */
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
}

/** Opens browser connections for one role: with its tracks for a publisher, for what comes for a player. */
export const connectWith =
  ({ iceServers, surface: surfaceOf, media, dataChannel }: ConnectionOptions): Connect =>
  ({ role, streamId }) => {
    const surface = surfaceOf();
    const connection = new RTCPeerConnection({ iceServers: iceServers().map((server) => ({ ...server })) });
    surface.connection = connection;
    if (role === 'publisher') {
      const stream = media();
      surface.stream = stream;
      for (const track of stream?.getTracks() ?? []) if (stream !== undefined) connection.addTrack(track, stream);
      if (dataChannel) listenTo(connection.createDataChannel(streamId, { ordered: true }), surface);
    } else {
      const stream = new MediaStream();
      surface.stream = stream;
      connection.ontrack = ({ track }) => {
        stream.addTrack(track);
        surface.changed();
      };
      connection.ondatachannel = ({ channel }) => listenTo(channel, surface);
    }
    surface.changed();
    return connection;
  };
