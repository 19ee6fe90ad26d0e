import { activeStates as activeIndices, definitionOf, edgeName, pathOf } from '@sigchart/chart';
import { step } from '@sigchart/core/machines';
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
  /** Position in the configuration: index in the list of its source and event. */
  readonly index: number;
}

/** Every state of a machine, parents before their children, without the machine itself. */
export function nodesOf(machine: AnyStateMachine): readonly AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states as Record<string, AnyStateNode>).flatMap((child) => [child, ...below(child)]);
  return below(machine.root);
}

/** The paths of all states of a machine. */
export function statesOf(machine: AnyStateMachine): readonly string[] {
  const { definition } = definitionOf(machine);
  return definition.states.slice(1).map((_, index) => pathOf(definition, index + 1));
}

/** The paths of the states that a machine is in, parents included. */
export function activeStates({ machine, value }: AnyMachineSnapshot): readonly string[] {
  const { definition } = definitionOf(machine);
  return activeIndices(definition, value)
    .slice(1)
    .map((index) => pathOf(definition, index))
    .sort();
}

interface Transitions {
  readonly all: readonly MachineTransition[];
  readonly byDefinition: ReadonlyMap<AnyTransitionDefinition, MachineTransition>;
}

const known = new WeakMap<AnyStateMachine, Transitions>();

function know(machine: AnyStateMachine): Transitions {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const { definition, edgeOf } = definitionOf(machine);
  const counts = new Map<string, number>();
  const byDefinition = new Map<AnyTransitionDefinition, MachineTransition>();
  for (const [transition, [edge]] of edgeOf) {
    const { source, event = '', guard, targets = [] } = definition.edges[edge] ?? { source: 0 };
    const key = `${source} ${event}`;
    const index = counts.get(key) ?? 0;
    counts.set(key, index + 1);
    byDefinition.set(transition, {
      name: edgeName(definition, edge),
      source: pathOf(definition, source),
      event,
      guard,
      targets: targets.map((target) => pathOf(definition, target)),
      index,
    });
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

/** The transitions that a machine takes on an event: none if the state ignores the event, several in parallel states. */
export function takenBy<Machine extends AnyStateMachine>(
  machine: Machine,
  snapshot: SnapshotFrom<Machine>,
  event: EventFromLogic<Machine>,
): readonly MachineTransition[] {
  return named(machine, step(machine, snapshot, event).taken);
}
