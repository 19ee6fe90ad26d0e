/** Something that one recorder saw, in its place among all that this recorder saw. */
export interface PlacedRow<Row> {
  readonly row: Row;
  readonly time: number;
  readonly order: number;
  /** Row of another recorder that must come first: the sending of what is received here. */
  readonly after?: Row | undefined;
}

/**
 * Merges the rows of several recorders: each recorder's order is kept, nothing precedes its cause, and otherwise the time
 * decides. Equal rows appear once, at the first position.
 */
export function merged<Row>(recorders: readonly (readonly PlacedRow<Row>[])[]): readonly Row[] {
  const lists = recorders.map((seen) => seen.toSorted((a, b) => a.order - b.order));
  const next = lists.map(() => 0);
  const told = new Set<Row>();
  for (;;) {
    let first: { readonly list: number; readonly placed: PlacedRow<Row>; readonly isReady: boolean } | undefined;
    for (const [list, seen] of lists.entries()) {
      const placed = seen[next[list] ?? 0];
      if (placed === undefined) continue;
      const isReady = placed.after === undefined || told.has(placed.after);
      const isFirst =
        first === undefined ||
        (isReady && !first.isReady) ||
        (isReady === first.isReady && placed.time < first.placed.time);
      if (isFirst) first = { list, placed, isReady };
    }
    // Where each waits for another, they were put together wrongly; the time decides.
    if (first === undefined) return [...told];
    next[first.list] = (next[first.list] ?? 0) + 1;
    told.add(first.placed.row);
  }
}
