import type { definitionOf } from '@sigchart/chart';
import { conferenceClient, peerClient, playerClient, publisherClient } from '@sigchart/core/machines';
import { memberNarrow, memberWide } from './member.ts';
import { peerNarrow } from './peerNarrow.ts';
import { peerWide } from './peerWide.ts';
import type { Plan } from './plan.ts';
import { streamNarrow } from './streamNarrow.ts';
import { streamWide } from './streamWide.ts';

/** The roles that have a chart. */
export type ChartedRole = 'publisher' | 'player' | 'peer' | 'member';

/** A machine, and the plans of its chart for wide and for narrow places. */
interface Charted {
  readonly machine: Parameters<typeof definitionOf>[0];
  readonly wide: Plan;
  readonly narrow: Plan;
}

/** The chart of each role. */
export const charted: Readonly<Record<ChartedRole, Charted>> = {
  publisher: { machine: publisherClient, wide: streamWide('publisher'), narrow: streamNarrow('publisher') },
  player: { machine: playerClient, wide: streamWide('player'), narrow: streamNarrow('player') },
  peer: { machine: peerClient, wide: peerWide(), narrow: peerNarrow() },
  member: { machine: conferenceClient, wide: memberWide(), narrow: memberNarrow() },
};
