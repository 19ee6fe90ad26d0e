import type { MediaDescription } from 'sdp-transform';
import { simulcastSources } from './simulcast.ts';

/** Sources (SSRCs) that a section says it sends. Often none: RFC 8843 has packets name their section instead. */
export interface DescribedSources {
  readonly ssrcs: readonly number[];
  /** The source that each source of retransmissions repeats (`a=ssrc-group:FID`). */
  readonly repeats: ReadonlyMap<number, number>;
}

/** Reads `a=ssrc` and `a=ssrc-group`. @see RFC 5576 § 4 and RFC 4588 § 8 */
export function sourcesOf({ ssrcs = [], ssrcGroups = [] }: MediaDescription): DescribedSources {
  const repeats = new Map<number, number>();
  for (const group of ssrcGroups) {
    const [repeated, retransmissions] = group.ssrcs.split(' ').map(Number);
    if (group.semantics === 'FID' && repeated !== undefined && retransmissions !== undefined)
      repeats.set(retransmissions, repeated);
  }
  return { ssrcs: [...new Set(ssrcs.map(({ id }) => Number(id)))], repeats };
}

/** A section that describes no sources. */
export const noSources: DescribedSources = { ssrcs: [], repeats: new Map() };

/**
 * The sources of each encoding of a section: those of an older simulcast (`a=ssrc-group:SIM`) one by one, or all of them for the only
 * encoding.
 */
export function sourcesOfEncodings(media: MediaDescription | undefined, count: number): readonly DescribedSources[] {
  if (media === undefined) return [];
  const all = sourcesOf(media);
  const simulcast = simulcastSources(media);
  // Encodings that are named by `a=rid` have no sources in the description.
  if (count === 1 || simulcast.length !== count) return count === 1 ? [all] : [];
  return simulcast.map((ssrc) => {
    const own = [...all.repeats].filter(([, repeated]) => repeated === ssrc);
    return { ssrcs: [ssrc, ...own.map(([repeating]) => repeating)], repeats: new Map(own) };
  });
}
