import { ownTracks, type StreamInfo } from '@sigchart/core/machines';
import type { IceServers } from '@sigchart/core/session';
import type { OpenConnection, PeerConnectionLike } from '@sigchart/webrtc';
import { RTCDtlsTransport } from 'werift';
import type { Connection } from './connection.ts';
import { PlayerConnection } from './player/playerConnection.ts';
import { LoopWatch } from './publisher/loopWatch.ts';
import { PublisherConnection } from './publisher/publisherConnection.ts';
import { Schedule } from './schedule.ts';
import { type CodecName, codecNames } from './sdp/codec.ts';
import { Source } from './source/source.ts';
import type { Track } from './source/track.ts';
import { type AddressOptions, addressesOf } from './transport/addresses.ts';
import { portRangeOf } from './transport/portRange.ts';
import { SocketBudget, type SocketLimits } from './transport/socketBudget.ts';
import { Traffic, type TrafficTotals } from './transport/traffic.ts';

/** Options to make {@link Media}. */
export interface MediaOptions extends AddressOptions, SocketLimits {
  /** STUN and TURN servers for the own candidates, or what makes them for each connection, with credentials that end. Default none. */
  readonly iceServers?: IceServers;
  /** The first and the last UDP port to use. A connection takes one for IPv4, one for IPv6, and one for TURN. Default any. */
  readonly portRange?: readonly [number, number];
  /**
   * True if candidates of remotes on private networks are checked. Default when this server is on one itself. A remote there that
   * reaches this server is reached in either case.
   */
  readonly privateCandidates?: boolean;
  /** The codecs that publishers may send, in no particular order. Default all that can be forwarded. */
  readonly codecs?: readonly CodecName[];
  /** Called with the time that each transport took to its first packet, and with the connection as it was opened. Default none. */
  readonly onFirstPacket?: (direction: 'received' | 'sent', ms: number, open: OpenConnection) => void;
}

/** Numbers of open connections, sources and sockets of {@link Media}. All are 0 when nobody is connected. */
export interface MediaCounts {
  readonly connections: number;
  readonly sources: number;
  /** UDP sockets. */
  readonly sockets: number;
}

/** Media in Node: connections, and the forwarding of what publishers send to those who play it. */
export interface Media {
  /** Opens the connection of one role of one app, for a client address, which has a share of the UDP sockets. */
  connect(app: string, open: OpenConnection, client?: string): Promise<PeerConnectionLike>;
  /** Resolutions and codecs of a stream, or `undefined` if it is not published. */
  streamInfo(app: string, streamId: string): StreamInfo | undefined;
  /** Current numbers of open resources. */
  readonly open: MediaCounts;
  /** Totals of packets and bytes since creation. */
  readonly traffic: TrafficTotals;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * Creates {@link Media}.
 *
 * @throws {TypeError} for an invalid address.
 * @throws {RangeError} for invalid ports.
 * @example
 * ```ts
 * const media = createMedia({ announcedAddress: '203.0.113.5', portRange: [40000, 40999] });
 * ```
 */
export function createMedia(options: MediaOptions = {}): Media {
  const { iceServers = [], portRange, privateCandidates, codecs = codecNames } = options;
  const traffic = new Traffic();
  const sources = new Map<string, Source>();
  const connections = new Set<Connection>();
  const loop = new LoopWatch();
  const schedule = new Schedule();
  const keyOf = (app: string, streamId: string) => `${app}/${streamId}`;
  const budget = new SocketBudget(options);
  const transportOptions = (client?: string, open?: OpenConnection) => ({
    iceServers: typeof iceServers === 'function' ? iceServers() : iceServers,
    privateCandidates,
    sockets: budget.of(client),
    addresses: addressesOf(options),
    portRange: portRangeOf(portRange),
    schedule,
    traffic,
    onFirstPacket:
      open && ((direction: 'received' | 'sent', ms: number) => options.onFirstPacket?.(direction, ms, open)),
  });
  transportOptions();

  const publisher = (app: string, open: OpenConnection, { certificate, client }: ConnectionOwner): Connection => {
    const { streamId } = open;
    const key = keyOf(app, streamId);
    const source = new Source(streamId);
    sources.set(key, source);
    const connection: Connection = new PublisherConnection({
      ...transportOptions(client, open),
      certificate,
      source,
      codecs,
      loop,
      onClosed: () => {
        connections.delete(connection);
        // Another publisher may have the id by now.
        if (sources.get(key) === source) sources.delete(key);
      },
    });
    return connection;
  };

  const player = (app: string, open: OpenConnection, { certificate, client }: ConnectionOwner): Connection => {
    const { streamId, tracks = [ownTracks(streamId)] } = open;
    const connection: Connection = new PlayerConnection({
      ...transportOptions(client, open),
      certificate,
      label: streamId,
      tracks,
      sourceOf: (id) => sources.get(keyOf(app, id)),
      onClosed: () => connections.delete(connection),
    });
    return connection;
  };

  return {
    async connect(app, open, client) {
      if (open.role !== 'publisher' && open.role !== 'player')
        throw new TypeError(`a server has no media for a ${open.role}`);
      // One for the process: making one takes longer than all the rest of a handshake.
      const certificate = await RTCDtlsTransport.SetupCertificate();
      const connection = (open.role === 'publisher' ? publisher : player)(app, open, { certificate, client });
      connections.add(connection);
      return connection;
    },
    streamInfo(app, streamId) {
      const source = sources.get(keyOf(app, streamId));
      if (source === undefined) return undefined;
      const video = source.tracks.find(({ kind }) => kind === 'video');
      const audio = source.tracks.find(({ kind }) => kind === 'audio');
      return {
        streamWidth: video?.frameSize.width ?? 0,
        streamHeight: video?.frameSize.height ?? 0,
        videoBitrate: video?.bitrate ?? 0,
        audioBitrate: audio?.bitrate ?? 0,
        videoCodec: video?.codec.codec.name ?? '',
        layers: video === undefined ? [] : sizesOf(video),
      };
    },
    get traffic() {
      return traffic.totals;
    },
    get open() {
      const sockets = [...connections].reduce((sum, connection) => sum + connection.sockets, 0);
      return { connections: connections.size, sources: sources.size, sockets };
    },
    async close() {
      await Promise.all([...connections].map((connection) => connection.close()));
    },
  };
}

/** The pictures of a track that are sent now, if they are of several sizes. */
function sizesOf(track: Track): NonNullable<StreamInfo['layers']> {
  const { width, height } = track.frameSize;
  const bySpatial = new Map(track.layers(performance.now()).map((layer) => [layer.spatial, layer]));
  if (bySpatial.size < 2) return [];
  return Array.from(bySpatial.values(), (layer) => ({
    streamWidth: height === 0 ? 0 : Math.round((width * layer.height) / height),
    streamHeight: layer.height,
    videoBitrate: Math.round(layer.bitrate),
  }));
}

interface ConnectionOwner {
  readonly certificate: Awaited<ReturnType<typeof RTCDtlsTransport.SetupCertificate>>;
  readonly client: string | undefined;
}
