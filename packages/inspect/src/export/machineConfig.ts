import type { EdgeDefinition, MachineDefinition } from '../definition/definition.ts';

/** A transition, as XState's JSON has it. */
export interface TransitionConfig {
  target?: string[];
  guard?: string;
  actions?: readonly string[];
  reenter?: boolean;
}

/** A state, as XState's JSON has it. */
export interface StateConfig {
  id: string;
  type?: 'parallel' | 'final' | 'history';
  history?: 'shallow' | 'deep';
  initial?: string;
  description?: string;
  tags?: readonly string[];
  entry?: readonly string[];
  exit?: readonly string[];
  invoke?: { src: string }[];
  on?: Record<string, TransitionConfig[]>;
  always?: TransitionConfig[];
  states?: Record<string, StateConfig>;
}

/** A dot in an id would be read as a path. */
const idOf = (id: string): string => id.replaceAll('.', '_');

/**
 * A machine as the JSON that `createMachine` of XState 5 takes, and the import of Stately's editor. Actions and guards are
 * names.
 *
 * @see https://stately.ai/docs/import-from-code
 */
export function machineConfigOf({ id, states, edges }: MachineDefinition): StateConfig {
  const transitionOf = ({ targets, guard, actions, reenter }: EdgeDefinition): TransitionConfig => ({
    ...(targets.length > 0 && { target: targets.map((target) => `#${idOf(states[target]?.id ?? '')}`) }),
    ...(guard !== undefined && { guard }),
    ...(actions !== undefined && { actions }),
    ...(reenter !== undefined && { reenter }),
  });

  const configOf = (index: number): StateConfig => {
    const state = states[index];
    if (state === undefined) return { id };
    const { type, history, initial, description, tags, entry, exit, invoke } = state;
    const own = edges.filter(({ source }) => source === index);
    const events = [...new Set(own.map(({ event }) => event))].filter((event) => event !== '');
    const heard = events.map((event) => [event, own.filter((edge) => edge.event === event).map(transitionOf)] as const);
    const always = own.filter(({ event }) => event === '').map(transitionOf);
    const children = states.flatMap((child, at) =>
      child.parent === index ? [[child.key, configOf(at)] as const] : [],
    );
    return {
      id: idOf(state.id),
      ...(type !== 'atomic' && type !== 'compound' && { type }),
      ...(history !== undefined && { history }),
      ...(initial !== undefined && { initial: states[initial]?.key ?? '' }),
      ...(description !== undefined && { description }),
      ...(tags !== undefined && { tags }),
      ...(entry !== undefined && { entry }),
      ...(exit !== undefined && { exit }),
      ...(invoke !== undefined && { invoke: invoke.map((src) => ({ src })) }),
      ...(heard.length > 0 && { on: Object.fromEntries(heard) }),
      ...(always.length > 0 && { always }),
      ...(children.length > 0 && { states: Object.fromEntries(children) }),
    };
  };

  return configOf(0);
}
