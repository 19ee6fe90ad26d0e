import { signallingMachines } from '@sigchart/core/machines';
import type { AnyStateMachine } from 'xstate';
import { createReader } from '../reader/reader.ts';
import type { TraceLine } from '../trace/record.ts';
import { type Deviation, type Replayed, type ReplayOptions, replay } from './replay.ts';

/** Results of replaying all sessions of a trace. */
export interface ReplayedTrace {
  readonly sessions: readonly Replayed[];
  /** Deviations. None: every machine is pure. */
  readonly deviations: readonly Deviation[];
}

/**
 * Runs every session of a trace again.
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
  const sessions = Array.from(reader.sessions.values(), (session): Replayed => {
    const machine = byId.get(reader.machines.get(session.record.machine)?.id ?? '');
    if (machine === undefined) return { session: session.record.session, transitions: 0, unknown: 'machine' };
    return replay(machine, session, options);
  });
  return { sessions, deviations: sessions.flatMap(({ deviation }) => deviation ?? []) };
}
