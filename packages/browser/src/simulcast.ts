/** Largest bitrate of a picture by its lines: the middle encoding of a 720-line video still fits a path of 600 kbit/s. */
const maxBitrates = [
  { lines: 180, maxBitrate: 150_000 },
  { lines: 270, maxBitrate: 300_000 },
  { lines: 360, maxBitrate: 450_000 },
  { lines: 540, maxBitrate: 1_000_000 },
  { lines: 720, maxBitrate: 2_000_000 },
] as const;

const largestBitrate = 4_000_000;

/** Height below which a video is sent in one encoding, unless simulcast is requested. Pixels. */
const defaultLines = 540;

/** Browsers send a third encoding from this many lines on, and a second one from half as many. */
const thirdLines = 540;

/** Names of the encodings, from the smallest picture to the largest. */
const rids = ['low', 'middle', 'high'] as const;

/** Size of a picture in pixels, if a track reports it. */
type PictureSize = Pick<MediaTrackSettings, 'width' | 'height'>;

/**
 * Encodings of a video, from the smallest picture to the largest; `undefined` for a single one.
 *
 * @param isWanted - Requests or refuses simulcast. Default: simulcast from 540 lines on.
 */
export function simulcastEncodings(
  { width = 0, height = 0 }: PictureSize,
  isWanted?: boolean,
): RTCRtpEncodingParameters[] | undefined {
  // A portrait picture has as many pixels as the same one on its side.
  const lines = Math.min(width, height);
  if (isWanted === false || (isWanted === undefined && lines < defaultLines)) return undefined;
  // A track may know its size only later.
  const count = lines === 0 || lines >= thirdLines ? 3 : lines >= thirdLines / 2 ? 2 : 1;
  if (count === 1) return undefined;
  return rids.slice(3 - count).map((rid, index) => {
    const scaleResolutionDownBy = 2 ** (count - 1 - index);
    const own = lines / scaleResolutionDownBy;
    const { maxBitrate = largestBitrate } = maxBitrates.find((rung) => own <= rung.lines) ?? {};
    return { rid, scaleResolutionDownBy, ...(lines > 0 && { maxBitrate }) };
  });
}

/** Adds a track that is sent in several encodings. A browser without simulcast sends one. */
export function addSimulcast(
  connection: RTCPeerConnection,
  track: MediaStreamTrack,
  stream: MediaStream,
  sendEncodings: RTCRtpEncodingParameters[],
): void {
  const { sender } = simulcastTransceiver(connection, track, stream, sendEncodings);
  // If the answer takes no simulcast, only the first encoding is left: the smallest picture.
  connection.addEventListener('signalingstatechange', () => {
    if (connection.signalingState === 'stable') void sendWholePicture(sender);
  });
}

function simulcastTransceiver(
  connection: RTCPeerConnection,
  track: MediaStreamTrack,
  stream: MediaStream,
  sendEncodings: RTCRtpEncodingParameters[],
): RTCRtpTransceiver {
  const init = { streams: [stream] };
  try {
    return connection.addTransceiver(track, { ...init, sendEncodings });
  } catch {
    return connection.addTransceiver(track, init);
  }
}

/** Sends a picture at its own size if there is one encoding only. */
export async function sendWholePicture(sender: Pick<RTCRtpSender, 'getParameters' | 'setParameters'>): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding, second] = parameters.encodings;
  if (encoding === undefined || second !== undefined || (encoding.scaleResolutionDownBy ?? 1) === 1) return;
  encoding.scaleResolutionDownBy = 1;
  delete encoding.maxBitrate;
  // A sender that was stopped meanwhile sends nothing at all.
  await sender.setParameters(parameters).catch(() => {});
}
