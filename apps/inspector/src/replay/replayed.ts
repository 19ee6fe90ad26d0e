import { type ReadSession, type Replayed, replay, signallingMachines } from '@sigchart/inspect';
import { reader } from '../feed/input.ts';

/** Replay of a session of one of the project's machines. */
export function replayed(session: ReadSession): Replayed {
  const id = reader.value.machines.get(session.record.machine)?.id;
  const machine = signallingMachines.find((known) => known.id === id);
  if (machine === undefined) return { session: session.record.session, transitions: 0, unknown: 'machine' };
  return replay(machine, session);
}
