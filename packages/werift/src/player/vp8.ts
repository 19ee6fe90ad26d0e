import type { Vp8Fields } from '../source/packetLayer.ts';

/**
 * Rewrites the picture counters in a VP8 payload descriptor. A player must not see a gap where pictures were left out or another
 * encoding starts, or it waits for pictures that do not exist.
 *
 * @returns the payload itself if nothing changes, otherwise a copy, because all players share the payload.
 * @see RFC 7741 § 4.2
 */
export function rewrittenVp8(
  payload: Buffer,
  fields: Vp8Fields | undefined,
  pictureIds: number,
  baseIndexes: number,
): Buffer {
  if (fields === undefined || (pictureIds === 0 && baseIndexes === 0)) return payload;
  const rewritten = Buffer.from(payload);
  const { pictureIdAt, pictureIdBytes, pictureId, baseIndexAt, baseIndex } = fields;
  if (pictureIdBytes === 1) rewritten[pictureIdAt] = (pictureId + pictureIds) & 0x7f;
  else if (pictureIdBytes === 2) rewritten.writeUInt16BE(0x8000 | ((pictureId + pictureIds) & 0x7fff), pictureIdAt);
  if (baseIndexAt > 0) rewritten[baseIndexAt] = (baseIndex + baseIndexes) & 0xff;
  return rewritten;
}
