import {
  type AnyStateMachine,
  type EmittedFrom,
  type EventFromLogic,
  type InputFrom,
  initialTransition,
  type SnapshotFrom,
  transition,
} from 'xstate';

/** What a machine is, and what it asks for, after one event. */
export interface Step<Machine extends AnyStateMachine> {
  /** The state and context now. Plain data apart from XState's own references. */
  readonly snapshot: SnapshotFrom<Machine>;
  /** What to perform, in order. */
  readonly effects: readonly EmittedFrom<Machine>[];
}

/** XState lists an emitted event among the actions to execute, though its types leave it out. */
const effectsOf = <Machine extends AnyStateMachine>(
  actions: readonly { readonly type: string; readonly params?: unknown }[],
) =>
  actions
    .filter((action) => action.type === 'xstate.emit')
    .map((action) => (action.params as { readonly event: EmittedFrom<Machine> }).event);

/**
 * Starts a machine, purely: nothing runs, the effects come back as data.
 *
 * For tests, models, replay and runtimes of one's own; a server runs machines as actors, which is several times faster.
 */
export function begin<Machine extends AnyStateMachine>(machine: Machine, input: InputFrom<Machine>): Step<Machine> {
  const [snapshot, actions] = initialTransition(machine, input);
  return { snapshot, effects: effectsOf<Machine>(actions) };
}

/** Gives a machine one event, purely. An event that the state does not know changes nothing and asks for nothing. */
export function step<Machine extends AnyStateMachine>(
  machine: Machine,
  snapshot: SnapshotFrom<Machine>,
  event: EventFromLogic<Machine>,
): Step<Machine> {
  const [next, actions] = transition(machine, snapshot, event);
  return { snapshot: next, effects: effectsOf<Machine>(actions) };
}
