import type { MediaDescription } from 'sdp-transform';
import { simulcastSsrcs } from './simulcast.ts';

/** SSRCs that a section says it sends. Often none: RFC 8843 has packets name their section instead. */
export interface DescribedSsrcs {
  readonly ssrcs: readonly number[];
  /** The SSRC that each SSRC of retransmissions repeats (`a=ssrc-group:FID`). */
  readonly repeats: ReadonlyMap<number, number>;
}

/** Reads `a=ssrc` and `a=ssrc-group`. @see RFC 5576 § 4 and RFC 4588 § 8 */
export function ssrcsOf({ ssrcs = [], ssrcGroups = [] }: MediaDescription): DescribedSsrcs {
  const repeats = new Map<number, number>();
  for (const group of ssrcGroups) {
    const [repeated, retransmissions] = group.ssrcs.split(' ').map(Number);
    if (group.semantics === 'FID' && repeated !== undefined && retransmissions !== undefined)
      repeats.set(retransmissions, repeated);
  }
  return { ssrcs: [...new Set(ssrcs.map(({ id }) => Number(id)))], repeats };
}

/** A section that describes no SSRCs. */
export const noSsrcs: DescribedSsrcs = { ssrcs: [], repeats: new Map() };

/**
 * The SSRCs of each encoding of a section: those of an older simulcast (`a=ssrc-group:SIM`) one by one, or all of them for the only
 * encoding.
 */
export function ssrcsOfEncodings(media: MediaDescription | undefined, count: number): readonly DescribedSsrcs[] {
  if (media === undefined) return [];
  const all = ssrcsOf(media);
  const simulcast = simulcastSsrcs(media);
  // Encodings that are named by `a=rid` have no SSRCs in the description.
  if (count === 1 || simulcast.length !== count) return count === 1 ? [all] : [];
  return simulcast.map((ssrc) => {
    const own = [...all.repeats].filter(([, repeated]) => repeated === ssrc);
    return { ssrcs: [ssrc, ...own.map(([repeating]) => repeating)], repeats: new Map(own) };
  });
}
