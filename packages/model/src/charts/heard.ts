import { definitionOf, type EdgeDefinition, pathOf, triggerName } from '@sigchart/chart';
import type { AnyStateMachine } from 'xstate';

/** The edges of a machine that its diagram leaves out: events by state, and where they lead. */
function heard(machine: AnyStateMachine, isWanted: (edge: EdgeDefinition) => boolean) {
  const { definition } = definitionOf(machine);
  return definition.edges.filter(isWanted).map((edge) => {
    const state = definition.states[edge.source] ?? { id: '', key: '', type: 'atomic' as const };
    const event = `${triggerName(state, edge)}${edge.guard === undefined ? '' : ` [${edge.guard}]`}`;
    const targets = edge.targets.map((target) => pathOf(definition, target)).join(', ');
    return { state: pathOf(definition, edge.source), event, targets };
  });
}

/** Events that a machine handles without leaving the state it is in, by state. */
export function heardInPlace(
  machine: AnyStateMachine,
): readonly (readonly [state: string, events: readonly string[]])[] {
  const byState = new Map<string, string[]>();
  for (const { state, event } of heard(machine, ({ source, targets }) => source !== 0 && targets.length === 0))
    byState.set(state, [...(byState.get(state) ?? []), event]);
  return [...byState];
}

/** Events that a machine handles in every state that does not handle them itself, and where they lead. */
export const heardAnywhere = (machine: AnyStateMachine): readonly (readonly [event: string, target: string])[] =>
  heard(machine, ({ source }) => source === 0).map(({ event, targets }) => [event, targets]);
