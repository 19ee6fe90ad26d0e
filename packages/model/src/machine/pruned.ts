import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic } from 'xstate';
import type { Graph } from './graph.ts';
import { fromOutside } from './outside.ts';

/** In which states of a region a role is, as a text; `undefined` as long as it has no connection. */
const regionOf = ({ value }: AnyMachineSnapshot, region: 'negotiation' | 'media'): string | undefined => {
  if (typeof value !== 'object') return undefined;
  const [regions] = Object.values(value as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  return JSON.stringify(regions?.[region]);
};

/** True if a role is in a state of its negotiation, or of its media. */
export const isIn = (snapshot: AnyMachineSnapshot, region: 'negotiation' | 'media', state: string): boolean =>
  regionOf(snapshot, region)?.includes(`"${state}"`) ?? false;

/** A graph without the steps that the environment cannot cause, from its first initial node. */
export function pruned<Machine extends AnyStateMachine>(
  graph: Graph<Machine>,
  isPossible: (snapshot: AnyMachineSnapshot, event: EventFromLogic<Machine>) => boolean,
): Graph<Machine> {
  return fromOutside({ ...graph, initial: graph.initial.slice(0, 1) }, {}, (nothing, { snapshot }, { event }) =>
    isPossible(snapshot as AnyMachineSnapshot, event) ? nothing : undefined,
  );
}
