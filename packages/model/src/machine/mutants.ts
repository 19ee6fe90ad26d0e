import { type AnyStateMachine, createMachine } from 'xstate';
import { type MachineTransition, nodesOf, transitionsOf } from './transition.ts';

/** A machine with one transition removed or led elsewhere. */
export interface Mutant {
  readonly transition: MachineTransition;
  readonly change: 'removed' | 'retargeted';
  readonly machine: AnyStateMachine;
}

type Config = { [key: string]: unknown };

/** Machine configurations share parts of each other; a mutant must not. */
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]));
};

const listOf = (definitions: unknown): unknown[] => (Array.isArray(definitions) ? definitions : [definitions]);

/** The key of a state at the top of the machine that is not where the transition leads: a final one first. */
function elsewhere(machine: AnyStateMachine, { source, targets }: MachineTransition): string | undefined {
  const top = nodesOf(machine).filter(({ path }) => path.length === 1);
  const other = [...top.filter(({ type }) => type === 'final'), ...top].find(
    ({ key }) => !targets.some((target) => target.split('.')[0] === key) && source.split('.')[0] !== key,
  );
  return other?.key;
}

function mutate(
  machine: AnyStateMachine,
  { source, event, index }: MachineTransition,
  change: (definition: unknown, idOf: (key: string) => string) => unknown,
): AnyStateMachine {
  const config = copy(machine.config) as Config;
  /** A state can only be named from anywhere by an id, and one made of the machine's would have a dot in it. */
  const idOf = (key: string) => {
    const state = (config.states as Record<string, Config>)[key] as Config;
    state.id ??= 'elsewhere';
    return `#${String(state.id)}`;
  };
  let node = config;
  for (const key of source === '' ? [] : source.split('.'))
    node = (node.states as Record<string, Config>)[key] as Config;
  const holder = event === '' ? node : (node.on as Config);
  const key = event === '' ? 'always' : event;
  const definitions = listOf(holder[key]);
  const changed = definitions.flatMap((definition, place) => {
    if (place !== index) return [definition];
    const mutated = change(definition, idOf);
    return mutated === undefined ? [] : [mutated];
  });
  if (changed.length === 0) delete holder[key];
  else holder[key] = changed;
  return createMachine(config as never).provide(machine.implementations as never);
}

/** Every machine that differs from the given one by a single transition, which is removed or leads elsewhere. */
export function mutantsOf(machine: AnyStateMachine): readonly Mutant[] {
  return transitionsOf(machine).flatMap((transition): Mutant[] => {
    const key = elsewhere(machine, transition);
    const removed = { transition, change: 'removed' as const, machine: mutate(machine, transition, () => undefined) };
    if (key === undefined) return [removed];
    const retarget = (definition: unknown, idOf: (key: string) => string) => ({
      ...(typeof definition === 'object' ? definition : undefined),
      target: idOf(key),
    });
    return [removed, { transition, change: 'retargeted', machine: mutate(machine, transition, retarget) }];
  });
}
