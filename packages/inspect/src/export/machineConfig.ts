import type { EdgeDefinition, MachineDefinition, StateDefinition } from '@sigchart/chart';
import { triggerOf } from '@sigchart/chart';

/** A transition, as XState's JSON has it. */
export interface TransitionConfig {
  target?: string[];
  guard?: string;
  actions?: readonly string[];
  reenter?: boolean;
}

/** Actor of a state, in XState's JSON. */
export interface InvokeConfig {
  src: string;
  id?: string;
  onDone?: TransitionConfig[];
  onError?: TransitionConfig[];
  onSnapshot?: TransitionConfig[];
}

/** A state, as XState's JSON has it. */
export interface StateConfig {
  id: string;
  type?: 'parallel' | 'final' | 'history';
  history?: 'shallow' | 'deep';
  /** Default target of a history state. */
  target?: string;
  initial?: string;
  description?: string;
  tags?: readonly string[];
  entry?: readonly string[];
  exit?: readonly string[];
  invoke?: InvokeConfig[];
  on?: Record<string, TransitionConfig[]>;
  after?: Record<string, TransitionConfig[]>;
  always?: TransitionConfig[];
  onDone?: TransitionConfig[];
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
  const ids = new Map<number, string>();
  for (const [index, state] of states.entries()) {
    let own = idOf(state.id);
    while ([...ids.values()].includes(own)) own += '_';
    ids.set(index, own);
  }
  const addressOf = (state: number) => `#${ids.get(state)}`;

  const transitionOf = ({ targets, guard, actions, reenter }: EdgeDefinition): TransitionConfig => ({
    ...(targets.length > 0 && { target: targets.map(addressOf) }),
    ...(guard !== undefined && { guard }),
    ...(actions !== undefined && { actions }),
    ...(reenter !== undefined && { reenter }),
  });

  const invokedBy = ({ invoke = [], invokeIds }: StateDefinition): InvokeConfig[] =>
    invoke.map((src, place) => ({ src, ...(invokeIds?.[place] !== undefined && { id: invokeIds[place] }) }));

  /** Puts the transitions of a state where XState has what they wait for. */
  const waitsOf = (state: StateDefinition, own: readonly EdgeDefinition[], invoke: readonly InvokeConfig[]) => {
    const waits: Required<Pick<StateConfig, 'on' | 'after' | 'always' | 'onDone'>> = {
      on: {},
      after: {},
      always: [],
      onDone: [],
    };
    const add = (record: Record<string, TransitionConfig[]>, key: string, transition: TransitionConfig) => {
      record[key] = [...(record[key] ?? []), transition];
    };
    const handlers = { done: 'onDone', error: 'onError', snapshot: 'onSnapshot' } as const;
    for (const edge of own) {
      const [trigger, transition] = [triggerOf(state, edge), transitionOf(edge)];
      const place = trigger.kind === 'invoked' ? invoke[trigger.place] : undefined;
      if (trigger.kind === 'event') add(waits.on, trigger.type, transition);
      else if (trigger.kind === 'after') add(waits.after, trigger.delay, transition);
      else if (trigger.kind === 'always') waits.always.push(transition);
      else if (trigger.kind === 'done') waits.onDone.push(transition);
      else if (place !== undefined)
        place[handlers[trigger.what]] = [...(place[handlers[trigger.what]] ?? []), transition];
    }
    return Object.fromEntries(Object.entries(waits).filter(([, all]) => Object.keys(all).length > 0));
  };

  const configOf = (index: number): StateConfig => {
    const state = states[index];
    if (state === undefined) return { id };
    const { type, history, target, initial, description, tags, entry, exit } = state;
    const invoke = invokedBy(state);
    const waits = waitsOf(
      state,
      edges.filter(({ source }) => source === index),
      invoke,
    );
    const children = states.flatMap((child, at) =>
      child.parent === index ? [[child.key, configOf(at)] as const] : [],
    );
    return {
      id: ids.get(index) ?? id,
      ...(type !== 'atomic' && type !== 'compound' && { type }),
      ...(history !== undefined && { history }),
      ...(target !== undefined && { target: addressOf(target) }),
      ...(initial !== undefined && { initial: states[initial]?.key ?? '' }),
      ...(description !== undefined && { description }),
      ...(tags !== undefined && { tags }),
      ...(entry !== undefined && { entry }),
      ...(exit !== undefined && { exit }),
      ...(invoke.length > 0 && { invoke }),
      ...waits,
      ...(children.length > 0 && { states: Object.fromEntries(children) }),
    };
  };

  return configOf(0);
}
