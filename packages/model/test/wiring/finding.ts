/** A property of the wiring that does not hold. */
export interface Finding {
  /** Name of the property. */
  readonly property: string;
  readonly detail: string;
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export function pseudorandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every sequence of a number of operations. */
export function* sequences<Operation>(
  operations: readonly Operation[],
  length: number,
): Generator<readonly Operation[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const before of sequences(operations, length - 1))
    for (const operation of operations) yield [...before, operation];
}
