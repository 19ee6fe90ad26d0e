import { type ReadRun, type Replayed, replay, signallingMachines } from '@sigchart/inspect';
import { reader } from '../feed/input.ts';

/** Replay of a run of one of the project's machines. */
export function replayed(run: ReadRun): Replayed {
  const id = reader.value.machines.get(run.record.machine)?.id;
  const machine = signallingMachines.find((known) => known.id === id);
  if (machine === undefined) return { run: run.record.run, transitions: 0, unknown: 'machine' };
  return replay(machine, run);
}
