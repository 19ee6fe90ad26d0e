import type { MachineDefinition } from '@sigchart/chart';
import { activeStates } from '@sigchart/chart';
import { momentsOf } from './moment.ts';
import type { ReadRun } from './reader.ts';

/**
 * Time a run has spent in each state, by index. Milliseconds.
 *
 * @param until - End of the counted time for a running run: now, or the selected moment.
 */
export function dwellTimes(definition: MachineDefinition, run: ReadRun, until: number): readonly number[] {
  const times = definition.states.map(() => 0);
  const moments = momentsOf(run).filter(({ time }) => time <= until);
  for (const [index, { state, time }] of moments.entries()) {
    const ended = index === moments.length - 1 && run.record.status !== 'active';
    const end = ended ? time : (moments[index + 1]?.time ?? until);
    for (const active of activeStates(definition, state)) times[active] = (times[active] ?? 0) + end - time;
  }
  return times;
}
