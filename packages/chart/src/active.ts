import type { MachineDefinition } from './definition.ts';

/** A state value as XState has it. One that was read from a trace may have anything inside. */
export type StateValue = string | { readonly [key: string]: unknown };

interface Tree {
  /** The index of each state's children, by name. */
  readonly children: readonly ReadonlyMap<string, number>[];
  readonly known: Map<string, readonly number[]>;
}

const trees = new WeakMap<MachineDefinition, Tree>();

function treeOf(definition: MachineDefinition): Tree {
  const before = trees.get(definition);
  if (before !== undefined) return before;
  const children = definition.states.map(() => new Map<string, number>());
  for (const [index, { parent, key }] of definition.states.entries())
    if (parent !== undefined) children[parent]?.set(key, index);
  const tree = { children, known: new Map() };
  trees.set(definition, tree);
  return tree;
}

function collect(children: Tree['children'], value: unknown, at: number, found: number[]): void {
  found.push(at);
  if (typeof value === 'string') {
    const child = children[at]?.get(value);
    if (child !== undefined) found.push(child);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const child = children[at]?.get(key);
    if (child !== undefined) collect(children, inner, child, found);
  }
}

/** Number of state values of one machine that are remembered. One machine has few, but a trace may say anything. */
export const rememberedValues = 1_000;

/** Key of a state value. */
export const keyOf = (value: StateValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The indices of the states that are active in a state value, the root included, parents before children.
 *
 * @example
 * ```ts
 * activeStates(definition, 'closed'); // [0, 1]: the machine and its state
 * ```
 */
export function activeStates(definition: MachineDefinition, value: StateValue): readonly number[] {
  const { children, known } = treeOf(definition);
  const key = keyOf(value);
  const before = known.get(key);
  if (before !== undefined) return before;
  const found: number[] = [];
  collect(children, value, 0, found);
  if (known.size >= rememberedValues) known.clear();
  known.set(key, found);
  return found;
}

/** A state value in one word for lists, such as `accepted` or `receiving.owned`: its innermost names. */
export function stateName(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0
        ? key
        : `${key}.${stateName(inner as StateValue)}`,
    )
    .join(' ');
}
