import { Vp8RtpPayload, Vp9RtpPayload } from 'werift';
import type { CodecName } from '../sdp/codec.ts';
import { sizeOfH264 } from './h264.ts';

/** Pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** @see RFC 6386 § 9.1 */
function sizeOfVp8(payload: Buffer): FrameSize | undefined {
  const { isKeyframe, sBit, pid, payload: frame } = Vp8RtpPayload.deSerialize(payload);
  if (!isKeyframe || sBit !== 1 || pid !== 0 || frame.length < 10) return undefined;
  return { width: frame.readUInt16LE(6) & 0x3fff, height: frame.readUInt16LE(8) & 0x3fff };
}

/** @see RFC 9628 § 4.2.1 */
function sizesOfVp9(payload: Buffer): readonly FrameSize[] {
  const { width: widths, height: heights } = Vp9RtpPayload.deSerialize(payload);
  return widths.map((width, index) => ({ width, height: heights[index] ?? 0 }));
}

const listOf = (size: FrameSize | undefined): readonly FrameSize[] => (size === undefined ? [] : [size]);

/**
 * Sizes of the frame that a packet starts, by spatial layer. Empty if the packet does not have them: only key frames of VP8, VP9 and
 * H.264 do.
 */
export function frameSizesOf(codec: CodecName, payload: Buffer): readonly FrameSize[] {
  try {
    if (codec === 'VP8') return listOf(sizeOfVp8(payload));
    if (codec === 'VP9') return sizesOfVp9(payload);
    if (codec === 'H264') return listOf(sizeOfH264(payload));
  } catch {
    // Invalid payloads are left to the players' decoders.
  }
  return [];
}
