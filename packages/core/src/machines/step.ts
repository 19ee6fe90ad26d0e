import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  type EmittedFrom,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';

/** What a machine is, and what it asks for, after one event. */
export interface Step<Machine extends AnyStateMachine> {
  /** The state and context now. Plain data apart from XState's own references. */
  readonly snapshot: SnapshotFrom<Machine>;
  /** What to perform, in order. */
  readonly effects: readonly EmittedFrom<Machine>[];
  /** The transitions that were taken, in order. None as the machine starts, and when its state does not know the event. */
  readonly taken: readonly AnyTransitionDefinition[];
}

/** In what a machine takes its steps: what XState asks of an actor, without anything that runs. */
type Scope = Parameters<AnyStateMachine['transition']>[2];

/** Takes one step of a machine. */
type Stepper = (move: (scope: Scope) => AnyMachineSnapshot) => Step<AnyStateMachine>;

const nothing: readonly never[] = [];

function stepperOf(machine: AnyStateMachine): Stepper {
  let effects: unknown[] = [];
  let taken: readonly AnyTransitionDefinition[] = nothing;
  // Never started: it stands for the one that steps, where an action asks who that is.
  const self = createActor(machine);
  self.system.inspect((inspection) => {
    if (inspection.type !== '@xstate.microstep' || inspection._transitions.length === 0) return;
    taken = taken.length === 0 ? inspection._transitions : [...taken, ...inspection._transitions];
  });
  const scope: Scope = {
    self,
    id: self.id,
    sessionId: self.sessionId,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    system: self.system,
    stopChild: () => {},
    // XState lists an emitted event among the actions to execute, though its types leave it out.
    actionExecutor: ({ type, params }: { readonly type: string; readonly params?: unknown }) => {
      if (type !== 'xstate.emit') return;
      const { event } = params as { readonly event: unknown };
      effects.push(event);
    },
  };
  return (move) => {
    effects = [];
    taken = nothing;
    const snapshot = move(scope);
    return { snapshot, effects, taken } as Step<AnyStateMachine>;
  };
}

const steppers = new WeakMap<AnyStateMachine, Stepper>();

function stepperFor(machine: AnyStateMachine): Stepper {
  const known = steppers.get(machine);
  if (known !== undefined) return known;
  const stepper = stepperOf(machine);
  steppers.set(machine, stepper);
  return stepper;
}

/**
 * Starts a machine, purely: nothing runs, the effects come back as data.
 *
 * @example
 * ```ts
 * const { snapshot } = begin(publisherServer, undefined);
 * ```
 */
export function begin<Machine extends AnyStateMachine>(machine: Machine, input: InputFrom<Machine>): Step<Machine> {
  return stepperFor(machine)((scope) => machine.getInitialSnapshot(scope, input)) as Step<Machine>;
}

/**
 * Gives a machine one event, purely. An event that the state does not know, or that comes after the machine's end, changes
 * nothing and asks for nothing.
 *
 * @example
 * ```ts
 * const { snapshot: next, effects } = step(publisherServer, snapshot, {
 *   type: 'signal.publish',
 *   message: { command: 'publish', streamId: 'stream1' },
 * });
 * ```
 */
export function step<Machine extends AnyStateMachine>(
  machine: Machine,
  snapshot: SnapshotFrom<Machine>,
  event: EventFromLogic<Machine>,
): Step<Machine> {
  if ((snapshot as AnyMachineSnapshot).status !== 'active') return { snapshot, effects: nothing, taken: nothing };
  return stepperFor(machine)((scope) => machine.transition(snapshot, event, scope)) as Step<Machine>;
}
