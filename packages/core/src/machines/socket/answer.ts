import type { Broadcast } from '../../protocol/broadcast.ts';
import type { ClientMessage, ServerMessage } from '../../protocol/message.ts';

/** One rendition of a stream that is live. Sizes in pixels, bitrates in bit/s, 0 where not known. */
export interface StreamInfo {
  readonly streamWidth: number;
  readonly streamHeight: number;
  readonly videoBitrate: number;
  readonly audioBitrate: number;
  /** As the protocol writes it: `VP8`, `H264`, … and `""` without video. */
  readonly videoCodec: string;
  /** Its pictures of several sizes, from the smallest to the largest, where the publisher sends several. */
  readonly layers?: readonly Pick<StreamInfo, 'streamWidth' | 'streamHeight' | 'videoBitrate'>[];
}

/** One player of a stream, by its own account. Texts are `""` where it gave none. */
export interface Subscriber {
  readonly subscriberId: string;
  readonly subscriberName: string;
  readonly streamId: string;
}

/** Everything known of a stream or room. */
export interface KnownStream {
  readonly broadcast: Broadcast;
  /** Resolutions and codecs of what is live: of the stream itself, or of each stream of a room. */
  readonly info: readonly StreamInfo[];
  /** The live streams of a room. */
  readonly subtracks: readonly Broadcast[];
  /** Its players. */
  readonly subscribers: readonly Subscriber[];
}

type Rendition = Omit<StreamInfo, 'layers'>;

/** One entry for each size, or the only one. */
const renditionsOf = ({ layers = [], ...info }: StreamInfo): readonly Rendition[] =>
  layers.length === 0 ? [info] : layers.map((layer) => ({ ...info, ...layer }));

/** The renditions of a stream. Of a room, one for each height of its streams, because `forceStreamQuality` chooses among those. */
function renditionsOfAll(infos: readonly StreamInfo[]): readonly Rendition[] {
  const all = infos.flatMap(renditionsOf);
  if (infos.length === 1) return all;
  const videos = all.filter(({ videoCodec }) => videoCodec !== '');
  const byHeight = new Map(videos.map((rendition) => [rendition.streamHeight, rendition]));
  return videos.length === 0
    ? all.slice(0, 1)
    : [...byHeight.values()].sort((one, other) => one.streamHeight - other.streamHeight);
}

/** A question about a stream or room. */
export type StreamQuery = Extract<
  ClientMessage,
  {
    readonly command:
      | 'getStreamInfo'
      | 'getDebugInfo'
      | 'getTrackList'
      | 'getBroadcastObject'
      | 'getSubtracks'
      | 'getSubtracksCount'
      | 'getSubscriberCount'
      | 'getSubscribers';
  }
>;

/** Number of entries a list has at most, and by default. */
export const pageSize = 50;

const pageOf = <Entry>(
  entries: readonly Entry[],
  { offset = 0, size = pageSize }: { readonly offset?: number | undefined; readonly size?: number | undefined },
): readonly Entry[] => {
  const first = Math.max(0, Math.trunc(offset));
  return entries.slice(first, first + Math.min(Math.max(0, Math.trunc(size)), pageSize));
};

/** Time the entries of a page may be, all together, so that the message can be read. UTF-16 code units. */
const maxPageLength = 200_000;

/** Each entry as JSON, up to the first that does not fit any more. The first of all always does. */
function texts(entries: readonly object[]): string[] {
  const fitting: string[] = [];
  let left = maxPageLength;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    // As it stands in the message: a JSON text within JSON.
    left -= JSON.stringify(text).length;
    if (left < 0 && fitting.length > 0) break;
    fitting.push(text);
  }
  return fitting;
}

const noStream = (streamId: string): ServerMessage => ({
  command: 'error',
  definition: 'no_stream_exist',
  error_code: '404',
  streamId,
});

/** The state of a stream or room, with a line for each fact. Names of people and metadata are left out. */
function debugInfoOf({ broadcast, info, subtracks, subscribers }: KnownStream): string {
  const { streamId, status, mainTrackStreamId } = broadcast;
  const streams = subtracks.slice(0, pageSize).map((subtrack) => `${subtrack.streamId} (${subtrack.status})`);
  const more = subtracks.length - streams.length;
  return [
    `${streamId}: ${status}${mainTrackStreamId === '' ? '' : `, in room ${mainTrackStreamId}`}`,
    ...renditionsOfAll(info).map(
      ({ videoCodec, streamWidth, streamHeight, videoBitrate, audioBitrate }) =>
        `${videoCodec || 'no video'} ${streamWidth}x${streamHeight}, video ${videoBitrate} bit/s, audio ${audioBitrate} bit/s`,
    ),
    `players: ${subscribers.length}`,
    ...(broadcast.virtual
      ? [`streams: ${[...streams, ...(more > 0 ? [`${more} more`] : [])].join(', ') || 'none'}`]
      : []),
  ].join('\n');
}

/**
 * The answer to a question about a stream, given at least the properties that it asks for. For an unknown id, and for a question
 * about media that is not live, it is `no_stream_exist`.
 *
 * @see docs/protocol.md § Questions about streams
 */
export function answerTo(question: StreamQuery, known: Partial<KnownStream> | undefined): ServerMessage {
  const { streamId } = question;
  if (known === undefined) return noStream(streamId);
  const { broadcast, info = [], subtracks = [], subscribers = [] } = known;
  const command = 'notification';
  switch (question.command) {
    case 'getStreamInfo':
      return info.length === 0
        ? noStream(streamId)
        : { command: 'streamInformation', streamId, streamInfo: [...renditionsOfAll(info)] };
    case 'getDebugInfo':
      return broadcast === undefined
        ? noStream(streamId)
        : {
            command,
            definition: 'debugInfo',
            streamId,
            debugInfo: debugInfoOf({ broadcast, info, subtracks, subscribers }),
          };
    case 'getTrackList':
      return { command: 'trackList', streamId, trackList: subtracks.map((subtrack) => subtrack.streamId) };
    case 'getBroadcastObject':
      return broadcast === undefined
        ? noStream(streamId)
        : { command, definition: 'broadcastObject', streamId, broadcast: JSON.stringify(broadcast) };
    case 'getSubtracks': {
      const ofRole = subtracks.filter(({ role }) => question.role === undefined || role === question.role);
      return { command, definition: 'subtrackList', streamId, subtrackList: texts(pageOf(ofRole, question)) };
    }
    case 'getSubtracksCount': {
      const counted = subtracks.filter(
        ({ role, status }) =>
          (question.role === undefined || role === question.role) &&
          (question.status === undefined || status === question.status),
      );
      return { command, definition: 'subtrackCount', streamId, count: counted.length };
    }
    case 'getSubscriberCount':
      return { command, definition: 'subscriberCount', streamId, count: subscribers.length };
    case 'getSubscribers':
      return {
        command,
        definition: 'subscriberList',
        streamId,
        subscriberList: texts(pageOf(subscribers, question)),
      };
  }
}
