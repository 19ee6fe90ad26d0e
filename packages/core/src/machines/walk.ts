import type { AnyStateMachine, EmittedFrom, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { begin, step } from './step.ts';

/** Result of several events: the last snapshot, and all effects. */
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
