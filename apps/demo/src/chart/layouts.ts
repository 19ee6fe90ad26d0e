import type { Layout } from './layout.ts';
import { memberNarrow, memberWide } from './member.ts';
import { peerNarrow } from './peerNarrow.ts';
import { peerWide } from './peerWide.ts';
import { streamNarrow } from './streamNarrow.ts';
import { streamWide } from './streamWide.ts';

/** The chart of each role, for wide and for narrow places. */
export const layouts = {
  publisher: { wide: streamWide('publisher'), narrow: streamNarrow('publisher') },
  player: { wide: streamWide('player'), narrow: streamNarrow('player') },
  peer: { wide: peerWide(), narrow: peerNarrow() },
  member: { wide: memberWide(), narrow: memberNarrow() },
} as const satisfies Record<string, { readonly wide: Layout; readonly narrow: Layout }>;

/** The roles that have a chart. */
export type ChartedRole = keyof typeof layouts;
