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
function sizeOfVp9(payload: Buffer): FrameSize | undefined {
  const { width, height } = Vp9RtpPayload.deSerialize(payload);
  const [widest, tallest] = [width.at(-1), height.at(-1)];
  return widest === undefined || tallest === undefined ? undefined : { width: widest, height: tallest };
}

/** The size of the frame that a packet starts, if the packet has it: only key frames of VP8, VP9 and H.264 do. */
export function frameSizeOf(codec: CodecName, payload: Buffer): FrameSize | undefined {
  try {
    if (codec === 'VP8') return sizeOfVp8(payload);
    if (codec === 'VP9') return sizeOfVp9(payload);
    if (codec === 'H264') return sizeOfH264(payload);
  } catch {
    // Invalid payloads are left to the players' decoders.
  }
  return undefined;
}
