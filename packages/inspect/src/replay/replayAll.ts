import { signallingMachines } from '@sigchart/core/machines';
import type { AnyStateMachine } from 'xstate';
import { createReader } from '../reader/reader.ts';
import type { TraceLine } from '../trace/record.ts';
import { type Deviation, type Replayed, type ReplayOptions, replay } from './replay.ts';

/** Results of replaying all runs of a trace. */
export interface ReplayedTrace {
  readonly runs: readonly Replayed[];
  /** Deviations. None: every machine is pure. */
  readonly deviations: readonly Deviation[];
}

/**
 * Runs every run of a trace again.
 *
 * @param machines - Those that may have been recorded. Default those of `@sigchart/core`.
 */
export function replayAll(
  lines: Iterable<TraceLine>,
  machines: readonly AnyStateMachine[] = signallingMachines,
  options: ReplayOptions = {},
): ReplayedTrace {
  const reader = createReader();
  reader.read(lines);
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const runs = Array.from(reader.runs.values(), (run): Replayed => {
    const machine = byId.get(reader.machines.get(run.record.machine)?.id ?? '');
    if (machine === undefined) return { run: run.record.run, transitions: 0, unknown: 'machine' };
    return replay(machine, run, options);
  });
  return { runs, deviations: runs.flatMap(({ deviation }) => deviation ?? []) };
}
