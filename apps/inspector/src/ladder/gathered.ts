import { nameOfMessage } from '../sdp/summary.ts';
import type { Change, Crossing } from './ladder.ts';

/** Consecutive candidates in the same direction, as one row. */
interface Candidates {
  readonly kind: 'candidates';
  readonly crossings: readonly Crossing[];
}

/** A shown row of the ladder. */
export type ShownRow = Crossing | Change | Candidates;

const isCandidate = (row: Crossing | Change): row is Crossing =>
  row.kind === 'crossing' && nameOfMessage(row.message) === 'candidate';

/** Puts candidates that follow each other in one direction together: there are many, and seldom is one of them meant. */
export function gathered(rows: readonly (Crossing | Change)[]): readonly ShownRow[] {
  const shown: ShownRow[] = [];
  for (const row of rows) {
    const last = shown.at(-1);
    const first = last?.kind === 'candidates' ? last.crossings[0] : last?.kind === 'crossing' ? last : undefined;
    const follows =
      isCandidate(row) && first !== undefined && isCandidate(first) && first.from === row.from && first.to === row.to;
    if (!follows) shown.push(row);
    else if (last?.kind === 'candidates') shown[shown.length - 1] = { ...last, crossings: [...last.crossings, row] };
    else shown[shown.length - 1] = { kind: 'candidates', crossings: [first, row] };
  }
  return shown;
}
