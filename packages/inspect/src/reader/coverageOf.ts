import type { MachineDefinition } from '@sigchart/chart';
import { Coverage } from '../archive/coverage.ts';
import type { CoverageRecord } from '../trace/record.ts';
import type { ReadRun } from './reader.ts';

/**
 * The coverage of a machine by runs that were read, such as those of a file. What is dropped does not count.
 *
 * @param until - The end of the time counted, for runs that still run. Milliseconds since 1970.
 */
export function coverageOf(
  hash: string,
  definition: MachineDefinition,
  runs: Iterable<ReadRun>,
  until: number,
): CoverageRecord {
  const coverage = new Coverage(hash, definition);
  for (const { record, dropped, transitions } of runs) {
    if (record.machine !== hash) continue;
    let at = coverage.nowhere;
    if (dropped !== undefined) at = coverage.move(at, [], dropped.state, dropped.time);
    for (const { taken, state, time, status } of transitions) {
      at = coverage.move(at, taken, state, time);
      if (status !== undefined && status !== 'active') at = coverage.move(at, [], undefined, time);
    }
  }
  return coverage.record(until);
}
