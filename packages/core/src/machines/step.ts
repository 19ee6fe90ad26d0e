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

/** Result of one event: the next snapshot and the effects. */
export interface Step<Machine extends AnyStateMachine> {
  /** The state and context now. Plain data apart from XState's own references. */
  readonly snapshot: SnapshotFrom<Machine>;
  /** Effects to perform, in order. */
  readonly effects: readonly EmittedFrom<Machine>[];
  /** Transitions taken, in order. Empty at the start, and if the state ignores the event. */
  readonly taken: readonly AnyTransitionDefinition[];
}

/** The scope that XState's transition function requires, without a running actor. */
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
 * Starts a machine, purely: nothing runs, and the effects are returned as data.
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
 * Gives a machine one event, purely. An event that the state ignores, or that arrives after the end, changes nothing and has no
 * effects.
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

/** A step of a machine of which another machine keeps the state. */
export interface StateStep<Machine extends AnyStateMachine> {
  /** The state now, as plain data. */
  readonly state: SnapshotFrom<Machine>['value'];
  readonly effects: readonly EmittedFrom<Machine>[];
}

const stateSteps = new WeakMap<AnyStateMachine, Map<string, StateStep<AnyStateMachine>>>();

/**
 * Gives an event to a machine without context, whose state is kept as plain data: another machine's context may have many of
 * them. The events have no fields, so that each step is taken once, and remembered.
 *
 * @example
 * ```ts
 * const { state } = stepState(roomPlayer, 'offered', 'role.watching'); // 'watching'
 * ```
 */
export function stepState<Machine extends AnyStateMachine>(
  machine: Machine,
  state: SnapshotFrom<Machine>['value'],
  type: EventFromLogic<Machine>['type'],
): StateStep<Machine> {
  const known = stateSteps.get(machine) ?? new Map<string, StateStep<AnyStateMachine>>();
  stateSteps.set(machine, known);
  const key = `${type} ${JSON.stringify(state)}`;
  const before = known.get(key);
  if (before !== undefined) return before as StateStep<Machine>;
  const restored = machine.resolveState({ value: state, context: {} }) as SnapshotFrom<Machine>;
  const { snapshot, effects } = step(machine, restored, { type } as EventFromLogic<Machine>);
  const taken = { state: (snapshot as AnyMachineSnapshot).value, effects };
  known.set(key, taken);
  return taken as StateStep<Machine>;
}
