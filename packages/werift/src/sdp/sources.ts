import type { MediaDescription } from 'sdp-transform';

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
