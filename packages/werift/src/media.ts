import type { IceServer, StreamInfo } from '@sigchart/core';
import type { OpenConnection, PeerConnectionLike } from '@sigchart/webrtc';
import { RTCDtlsTransport } from 'werift';
import type { Connection } from './connection.ts';
import { PlayerConnection } from './player/playerConnection.ts';
import { PublisherConnection } from './publisher/publisherConnection.ts';
import { type CodecName, codecNames } from './sdp/codec.ts';
import { Source } from './source/source.ts';
import { addressesOf } from './transport/addresses.ts';

/** How to make {@link Media}. */
export interface MediaOptions {
  /** STUN and TURN servers for the own candidates. Default none. */
  readonly iceServers?: readonly IceServer[];
  /** The local address to listen on. Default all of them. */
  readonly bindAddress?: string;
  /** The address that peers are told instead of the local ones, such as the public one of a NAT. Default none. */
  readonly announcedAddress?: string;
  /** The first and the last UDP port to use. Default any. */
  readonly portRange?: readonly [number, number];
  /** The codecs that publishers may send, in no particular order. Default all that can be forwarded. */
  readonly codecs?: readonly CodecName[];
  /** Hears that the tracks of a stream are others than before. */
  readonly onStreamChange?: (app: string, streamId: string) => void;
}

/** What {@link Media} holds now. All are 0 when nobody is there. */
export interface MediaCounts {
  readonly connections: number;
  readonly sources: number;
}

/** Media in Node: connections, and the forwarding of what publishers send to who plays it. */
export interface Media {
  /** Opens the connection of one role of one app. */
  connect(app: string, open: OpenConnection): Promise<PeerConnectionLike>;
  /** What a live stream looks like, or `undefined`. */
  streamInfo(app: string, streamId: string): StreamInfo | undefined;
  /** What it holds now. */
  readonly open: MediaCounts;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** Makes {@link Media}. */
export function createMedia(options: MediaOptions = {}): Media {
  const { iceServers = [], portRange, codecs = codecNames, onStreamChange } = options;
  const sources = new Map<string, Source>();
  const connections = new Set<Connection>();
  const keyOf = (app: string, streamId: string) => `${app}/${streamId}`;

  return {
    async connect(app, { role, streamId }) {
      const certificate = await RTCDtlsTransport.SetupCertificate();
      const transport = { certificate, addresses: addressesOf(options), iceServers, portRange };
      const key = keyOf(app, streamId);
      const source = role === 'publisher' ? new Source(streamId) : (sources.get(key) ?? new Source(streamId));
      const forget = () => {
        connections.delete(connection);
        if (role === 'publisher' && sources.get(key) === source) sources.delete(key);
      };
      const connection: Connection =
        role === 'publisher'
          ? new PublisherConnection({ ...transport, codecs }, source, () => onStreamChange?.(app, streamId), forget)
          : new PlayerConnection(transport, source, forget);
      if (role === 'publisher') sources.set(key, source);
      connections.add(connection);
      return connection;
    },
    streamInfo(app, streamId) {
      const source = sources.get(keyOf(app, streamId));
      if (source === undefined) return undefined;
      const video = source.tracks.find(({ kind }) => kind === 'video');
      return {
        streamWidth: 0,
        streamHeight: 0,
        videoBitrate: 0,
        audioBitrate: 0,
        videoCodec: video?.mapping.codec.name ?? '',
      };
    },
    get open() {
      return { connections: connections.size, sources: sources.size };
    },
    async close() {
      await Promise.all([...connections].map((connection) => connection.close()));
    },
  };
}
