/** Measurements of a connection at one moment. `undefined` if the browser does not report a value. */
export interface Statistics {
  readonly bitrateKbps: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** As `VP8`, `opus`; video first. */
  readonly codecs: readonly string[];
  readonly roundTripTimeMs: number | undefined;
  /** Reason why a publisher's picture is not better: `none`, `cpu`, `bandwidth` or `other`. */
  readonly limitation: string | undefined;
  /** Of those that should have come, how many did not, since the connection was made. */
  readonly packetsLost: number | undefined;
  readonly jitterMs: number | undefined;
}

/** True for outgoing media, false for incoming. */
export type Direction = 'outbound' | 'inbound';

/** The fields of a report's entries that are read here. */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  readonly qualityLimitationReason?: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly roundTripTime?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
}

/** A report of `getStats`, or a map of the same shape. */
export type Report = Pick<ReadonlyMap<string, Entry>, 'get' | 'values'>;

const inMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

const bytesOf = ({ bytesSent, bytesReceived }: Entry) => bytesSent ?? bytesReceived ?? 0;

const streamsOf = (report: Report, direction: Direction): readonly Entry[] =>
  [...report.values()]
    .filter(({ type }) => type === `${direction}-rtp`)
    .sort(({ kind: a = '' }, { kind: b = '' }) => b.localeCompare(a));

/** Bits since the report before; a stream that is new since then counts from the next report on. */
function bitrateOf(streams: readonly Entry[], before: Report): number | undefined {
  let kbps: number | undefined;
  for (const stream of streams) {
    const earlier = before.get(stream.id);
    if (earlier === undefined || stream.timestamp <= earlier.timestamp) continue;
    const bits = 8 * (bytesOf(stream) - bytesOf(earlier));
    kbps = (kbps ?? 0) + bits / (stream.timestamp - earlier.timestamp);
  }
  return kbps;
}

/** Reads what a report of `RTCPeerConnection.getStats` says of one direction, given the report before it. */
export function readStatistics(report: Report, before: Report | undefined, direction: Direction): Statistics {
  const streams = streamsOf(report, direction);
  const video = streams.find(({ kind }) => kind === 'video');
  const entries = [...report.values()];
  const pair = entries.find(({ type, nominated, state }) => {
    return type === 'candidate-pair' && nominated === true && state === 'succeeded';
  });
  const remote = entries.find(
    ({ type, roundTripTime }) => type === 'remote-inbound-rtp' && roundTripTime !== undefined,
  );
  const received = streams.filter(({ packetsLost }) => packetsLost !== undefined);
  return {
    bitrateKbps: before === undefined ? undefined : bitrateOf(streams, before),
    width: video?.frameWidth,
    height: video?.frameHeight,
    framesPerSecond: video?.framesPerSecond,
    // Each encoding of a track is a stream, and all have one codec.
    codecs: [...new Set(streams.flatMap(({ codecId = '' }) => report.get(codecId)?.mimeType?.split('/')[1] ?? []))],
    roundTripTimeMs: inMs(pair?.currentRoundTripTime ?? remote?.roundTripTime),
    limitation: video?.qualityLimitationReason,
    packetsLost:
      received.length === 0 ? undefined : received.reduce((sum, { packetsLost = 0 }) => sum + packetsLost, 0),
    jitterMs: inMs((video ?? received[0])?.jitter),
  };
}
