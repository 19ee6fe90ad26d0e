import type { CoverageRecord } from '../trace/record.ts';
import type { RecordedRuns } from './archive.ts';

const sum = (one: readonly number[], other: readonly number[]) =>
  one.map((count, index) => count + (other[index] ?? 0));

const together = (one: CoverageRecord, other: CoverageRecord): CoverageRecord => ({
  ...one,
  edges: sum(one.edges, other.edges),
  entered: sum(one.entered, other.entered),
  now: sum(one.now, other.now),
  dwellMs: sum(one.dwellMs, other.dwellMs),
});

/** Two records read as one. Their runs must have different ids. */
export function joined(one: RecordedRuns, other: RecordedRuns): RecordedRuns {
  const both = [one, other];
  return {
    machines: () => [
      ...new Map(both.flatMap((each) => Array.from(each.machines(), (machine) => [machine.hash, machine]))).values(),
    ],
    runs: () => both.flatMap((each) => [...each.runs()]),
    run: (id) => one.run(id) ?? other.run(id),
    since: (id, seq) => (one.run(id) === undefined ? other : one).since(id, seq),
    coverage() {
      const found = new Map<string, CoverageRecord>();
      for (const record of both.flatMap((each) => [...each.coverage()])) {
        const before = found.get(record.machine);
        found.set(record.machine, before === undefined ? record : together(before, record));
      }
      return [...found.values()];
    },
    listen(listener) {
      const stops = both.map((each) => each.listen(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
