import type { AnyStateMachine, EmittedFrom, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { begin, step } from './step.ts';

/** Where a machine is after several events, and what it asked for on the way. */
export interface Walk<Machine extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<Machine>;
  /** The effects of the last event. */
  readonly effects: readonly EmittedFrom<Machine>[];
  /** The effects of all events, the start included. */
  readonly all: readonly EmittedFrom<Machine>[];
}

/** Gives a machine several events, purely. */
export function walk<Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine>,
  events: readonly EventFromLogic<Machine>[],
): Walk<Machine> {
  let { snapshot, effects } = begin(machine, input);
  const all = [...effects];
  for (const event of events) {
    ({ snapshot, effects } = step(machine, snapshot, event));
    all.push(...effects);
  }
  return { snapshot, effects, all };
}
