import type { MachineDefinition } from '@sigchart/chart';
import { activeStates } from '@sigchart/chart';
import { momentsOf } from './moment.ts';
import type { ReadSession } from './reader.ts';

/**
 * Time a session has spent in each state, by index. Milliseconds.
 *
 * @param until - End of the counted time for a running session: now, or the selected moment.
 */
export function dwellTimes(definition: MachineDefinition, session: ReadSession, until: number): readonly number[] {
  const times = definition.states.map(() => 0);
  const moments = momentsOf(session).filter(({ time }) => time <= until);
  for (const [index, { state, time }] of moments.entries()) {
    const ended = index === moments.length - 1 && session.record.status !== 'active';
    const end = ended ? time : (moments[index + 1]?.time ?? until);
    for (const active of activeStates(definition, state)) times[active] = (times[active] ?? 0) + end - time;
  }
  return times;
}
