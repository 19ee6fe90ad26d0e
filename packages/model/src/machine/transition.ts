import { step } from '@sigchart/core';
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  EventFromLogic,
  SnapshotFrom,
} from 'xstate';

/** One transition of a machine, under a name that people read and programs compare. */
export interface MachineTransition {
  /** `source · event [guard] → target`; unique in its machine. */
  readonly name: string;
  /** The path of the state that has it, `''` for the machine itself. */
  readonly source: string;
  /** The event that it is for; `''` when it needs none (`always`). */
  readonly event: string;
  /** Its guard, by name. */
  readonly guard: string | undefined;
  /** The paths of its targets. Empty when the machine stays where it is. */
  readonly targets: readonly string[];
  /** Where it stands in the machine's configuration: the list of its source and event, and its place there. */
  readonly index: number;
}

/** The path of a state, as `accepted.media.connecting`; `''` for the machine itself. */
const pathOf = (node: AnyStateNode): string => node.path.join('.');

const guardName = (guard: unknown): string | undefined => {
  if (guard === undefined) return undefined;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return typeof guard === 'function' && guard.name !== '' ? guard.name : 'guard';
};

/** Every state of a machine, parents before their children, without the machine itself. */
export function nodesOf(machine: AnyStateMachine): readonly AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states as Record<string, AnyStateNode>).flatMap((child) => [child, ...below(child)]);
  return below(machine.root);
}

/** The paths of all states of a machine. */
export const statesOf = (machine: AnyStateMachine): readonly string[] => nodesOf(machine).map(pathOf);

/** The paths of the states that a machine is in, parents included. */
export const activeStates = (snapshot: AnyMachineSnapshot): readonly string[] =>
  // XState keeps them under this name, and has no other way to ask for parents as well.
  (snapshot as unknown as { readonly _nodes: readonly AnyStateNode[] })._nodes
    .map(pathOf)
    .filter((path) => path !== '')
    .sort();

const describe = (definition: AnyTransitionDefinition, event: string, index: number): MachineTransition => {
  const source = pathOf(definition.source);
  const guard = guardName(definition.guard);
  const targets = (definition.target ?? []).map(pathOf);
  const where = source === '' ? 'any' : source;
  const heard = event === '' ? 'always' : event;
  return {
    name: `${where} · ${heard}${guard === undefined ? '' : ` [${guard}]`} → ${targets.length === 0 ? 'stays' : targets.join(', ')}`,
    source,
    event,
    guard,
    targets,
    index,
  };
};

interface Known {
  readonly all: readonly MachineTransition[];
  readonly byDefinition: ReadonlyMap<AnyTransitionDefinition, MachineTransition>;
}

const known = new WeakMap<AnyStateMachine, Known>();

function know(machine: AnyStateMachine): Known {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const byDefinition = new Map<AnyTransitionDefinition, MachineTransition>();
  for (const node of [machine.root, ...nodesOf(machine)]) {
    for (const [event, definitions] of node.transitions as Map<string, AnyTransitionDefinition[]>)
      definitions.forEach((definition, index) => void byDefinition.set(definition, describe(definition, event, index)));
    for (const [index, definition] of (node.always ?? []).entries())
      byDefinition.set(definition, describe(definition, '', index));
  }
  const made = { all: [...byDefinition.values()], byDefinition };
  known.set(machine, made);
  return made;
}

/** Every transition of a machine: self-transitions, guarded ones and `always` included. */
export const transitionsOf = (machine: AnyStateMachine): readonly MachineTransition[] => know(machine).all;

/** Transitions under their names. */
export function named(
  machine: AnyStateMachine,
  transitions: readonly AnyTransitionDefinition[],
): readonly MachineTransition[] {
  const { byDefinition } = know(machine);
  return transitions.flatMap((definition) => byDefinition.get(definition) ?? []);
}

/**
 * The transitions that a machine takes on an event: none when the state does not know the event, several in parallel states.
 */
export function takenBy<Machine extends AnyStateMachine>(
  machine: Machine,
  snapshot: SnapshotFrom<Machine>,
  event: EventFromLogic<Machine>,
): readonly MachineTransition[] {
  return named(machine, step(machine, snapshot, event).taken);
}
