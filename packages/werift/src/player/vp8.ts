import type { Vp8Fields } from '../source/packetLayer.ts';

/**
 * Writes other counts of pictures into a VP8 payload descriptor: a player must see no gap where pictures were left out or come from
 * another encoding, or it waits for what never comes.
 *
 * @returns the payload itself when there is nothing to change, else a copy: the payload is everybody's.
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
