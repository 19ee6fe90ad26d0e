import type { CodecName } from '../sdp/codec.ts';
import type { FrameDependency } from './dependencyDescriptor.ts';

/** Offsets of the picture counters in a VP8 payload descriptor. */
export interface Vp8Fields {
  /** The offset of the picture id, and how many bytes it has: 1 or 2; 0 without. */
  readonly pictureIdAt: number;
  readonly pictureIdBytes: number;
  readonly pictureId: number;
  /** The offset of TL0PICIDX; 0 without. */
  readonly baseIndexAt: number;
  readonly baseIndex: number;
}

/** The layer of a packet, and whether a receiver can start with it. */
export interface PacketLayer {
  /** True if it starts a picture that can be decoded without others. */
  readonly isKeyFrame: boolean;
  /** Spatial layer within its encoding. */
  readonly spatial: number;
  readonly temporal: number;
  /** True if higher temporal layers can be taken up with this picture. */
  readonly isSwitchPoint: boolean;
  /** True if it starts a picture, or a spatial layer of one. */
  readonly isStart: boolean;
  /** True if it ends its spatial layer of a picture. */
  readonly isEnd: boolean;
  readonly vp8: Vp8Fields | undefined;
}

const single = { spatial: 0, temporal: 0, isSwitchPoint: true, isStart: false, isEnd: false, vp8: undefined };
const plain: PacketLayer = { ...single, isKeyFrame: false };
const key: PacketLayer = { ...single, isKeyFrame: true, isStart: true };

/** @see RFC 7741 § 4.2 */
function layerOfVp8(payload: Buffer): PacketLayer {
  const first = payload[0] ?? 0;
  const isStart = (first & 0x10) !== 0 && (first & 7) === 0;
  let offset = 1;
  let [pictureIdAt, pictureIdBytes, pictureId, baseIndexAt, baseIndex, temporal] = [0, 0, 0, 0, 0, 0];
  let isSynchronized = true;
  if ((first & 0x80) !== 0) {
    const fields = payload[1] ?? 0;
    offset = 2;
    if ((fields & 0x80) !== 0) {
      pictureIdAt = offset;
      pictureIdBytes = ((payload[offset] ?? 0) & 0x80) === 0 ? 1 : 2;
      pictureId = pictureIdBytes === 1 ? (payload[offset] ?? 0) : payload.readUInt16BE(offset) & 0x7fff;
      offset += pictureIdBytes;
    }
    if ((fields & 0x40) !== 0) {
      baseIndexAt = offset;
      baseIndex = payload[offset] ?? 0;
      offset += 1;
    }
    if ((fields & 0x30) !== 0) {
      const layer = payload[offset] ?? 0;
      offset += 1;
      if ((fields & 0x20) !== 0) {
        temporal = layer >> 6;
        isSynchronized = (layer & 0x20) !== 0;
      }
    }
  }
  const isKeyFrame = isStart && offset < payload.length && ((payload[offset] ?? 1) & 1) === 0;
  return {
    isKeyFrame,
    spatial: 0,
    temporal,
    isSwitchPoint: isKeyFrame || (temporal > 0 && isSynchronized),
    isStart,
    isEnd: false,
    vp8: { pictureIdAt, pictureIdBytes, pictureId, baseIndexAt, baseIndex },
  };
}

/** @see RFC 9628 § 4.2 */
function layerOfVp9(payload: Buffer): PacketLayer {
  const first = payload[0] ?? 0;
  const has = (bit: number) => (first & bit) !== 0;
  const [hasId, isPredicted, hasLayers, isStart, isEnd] = [has(0x80), has(0x40), has(0x20), has(8), has(4)];
  let offset = 1;
  if (hasId) offset += ((payload[1] ?? 0) & 0x80) === 0 ? 1 : 2;
  let [temporal, spatial] = [0, 0];
  let isSwitch = false;
  if (hasLayers) {
    const layer = payload[offset] ?? 0;
    temporal = layer >> 5;
    isSwitch = (layer & 0x10) !== 0;
    spatial = (layer >> 1) & 7;
  }
  return {
    isKeyFrame: isStart && !isPredicted && spatial === 0,
    spatial,
    temporal,
    isSwitchPoint: isSwitch || !isPredicted,
    isStart,
    isEnd,
    vp8: undefined,
  };
}

const sequenceParameterSet = 7;
const instantaneousRefresh = 5;

/** @see RFC 6184 § 5.2 */
function isKeyOfH264(payload: Buffer): boolean {
  const type = (payload[0] ?? 0) & 0x1f;
  const isKeyUnit = (unit: number) => unit === sequenceParameterSet || unit === instantaneousRefresh;
  if (type === 24) {
    for (let start = 1; start + 2 < payload.length; start += 2 + payload.readUInt16BE(start))
      if (isKeyUnit((payload[start + 2] ?? 0) & 0x1f)) return true;
    return false;
  }
  if (type === 28) return ((payload[1] ?? 0) & 0x80) !== 0 && isKeyUnit((payload[1] ?? 0) & 0x1f);
  return isKeyUnit(type);
}

/** @see RFC 7798 § 4.4 · table 7-1 of ITU-T H.265 */
function isKeyOfH265(payload: Buffer): boolean {
  const typeAt = (offset: number) => ((payload[offset] ?? 0) >> 1) & 0x3f;
  const isKeyUnit = (unit: number) => (unit >= 16 && unit <= 23) || unit === 32 || unit === 33;
  const type = typeAt(0);
  if (type === 48) return isKeyUnit(typeAt(4));
  if (type === 49) return ((payload[2] ?? 0) & 0x80) !== 0 && isKeyUnit((payload[2] ?? 0) & 0x3f);
  return isKeyUnit(type);
}

/** Layer of a packet. The dependency descriptor tells it where there is one: payloads of AV1 and H264 do not. */
export function layerOf(codec: CodecName, payload: Buffer, dependency?: FrameDependency): PacketLayer {
  const layer = layerOfPayload(codec, payload);
  if (dependency === undefined) return layer;
  const { isStart, isEnd, spatial, temporal } = dependency;
  return { ...layer, isStart, isEnd, spatial, temporal, isKeyFrame: layer.isKeyFrame && spatial === 0 };
}

/** Reads to which layer a packet belongs. What cannot be read is taken for the only layer. */
function layerOfPayload(codec: CodecName, payload: Buffer): PacketLayer {
  if (payload.length === 0) return plain;
  try {
    switch (codec) {
      case 'VP8':
        return layerOfVp8(payload);
      case 'VP9':
        return layerOfVp9(payload);
      case 'H264':
        return isKeyOfH264(payload) ? key : plain;
      case 'H265':
        return isKeyOfH265(payload) ? key : plain;
      case 'AV1':
        // A new coded video sequence starts with a key frame. @see https://aomediacodec.github.io/av1-rtp-spec/ § 4.4
        return ((payload[0] ?? 0) & 0x08) !== 0 ? key : plain;
      default:
        return plain;
    }
  } catch {
    return plain;
  }
}
