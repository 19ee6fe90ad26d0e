const startCode = Buffer.from([0x9d, 0x01, 0x2a]);

/** Length of a VP8 payload descriptor, or `undefined` when the payload is too short for it. @see RFC 7741 § 4.2 */
function vp8DescriptorLength(payload: Buffer): number | undefined {
  const [first = 0, extension = 0, pictureId = 0] = payload;
  if ((first & 0x80) === 0) return 1;
  let length = 2;
  if ((extension & 0x80) !== 0) length += (pictureId & 0x80) !== 0 ? 2 : 1;
  if ((extension & 0x40) !== 0) length += 1;
  if ((extension & 0x30) !== 0) length += 1;
  return payload.length > length ? length : undefined;
}

/** The frame data of a packet of VP8, and whether it starts a frame; `undefined` when it has none. */
function vp8FrameIn(payload: Buffer): { readonly frame: Buffer; readonly begins: boolean } | undefined {
  const length = vp8DescriptorLength(payload);
  if (length === undefined) return undefined;
  return { frame: payload.subarray(length), begins: ((payload[0] ?? 0) & 0x17) === 0x10 };
}

const isVp8KeyFrame = (payload: Buffer): boolean => {
  const { frame, begins } = vp8FrameIn(payload) ?? { frame: payload, begins: false };
  return begins && ((frame[0] ?? 1) & 1) === 0;
};

/** A packet of VP8; one that starts a key frame has its start code (RFC 6386 § 9.1). */
function isVp8(payload: Buffer): boolean {
  const parts = vp8FrameIn(payload);
  return parts !== undefined && (!isVp8KeyFrame(payload) || parts.frame.subarray(3, 6).equals(startCode));
}

/** A packet of H.264: a NAL unit, an aggregation, or a fragment. @see RFC 6184 § 5.2 */
function isH264(payload: Buffer): boolean {
  const [header = 0x80] = payload;
  const type = header & 0x1f;
  return (header & 0x80) === 0 && ((type >= 1 && type <= 24) || type === 28) && payload.length > 1;
}

/** Reports whether an RTP payload can be one of a codec. Of codecs that are not known here, any that is not empty. */
export function isPayloadOf(codec: string, payload: Buffer): boolean {
  if (payload.length === 0) return false;
  switch (codec.toLowerCase()) {
    case 'video/vp8':
      return isVp8(payload);
    case 'video/h264':
      return isH264(payload);
    default:
      return true;
  }
}

/** Reports whether a decoder of a codec can start with a payload. Of codecs that are not known here, with any. */
export const isStartOf = (codec: string, payload: Buffer): boolean =>
  codec.toLowerCase() !== 'video/vp8' || isVp8KeyFrame(payload);
