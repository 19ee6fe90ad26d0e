import {
  type AnyActorLogic,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  StateMachine,
} from 'xstate';
import type { EdgeDefinition, MachineDefinition, StateDefinition } from './definition.ts';
import { hashOf } from './hash.ts';

/** Action or guard in the source of a machine. */
type Implementation = string | { readonly type: string; readonly params?: unknown } | ((...args: never) => unknown);

/** A guard made of others: `and`, `or` and `not` of XState. */
interface Composed {
  readonly check?: unknown;
  readonly guards?: readonly Implementation[];
}

/** Characters of parameters that a name has at most. */
const longestParams = 60;

/** Depth to which parameters are shown. They may be anything, cyclic objects included. */
const deepestParams = 3;

/** Values of parameters. Those that a function computes are not known. */
const valuesOf = (params: unknown, depth = 0): readonly string[] => {
  if (params === undefined || typeof params === 'function') return [];
  if (typeof params !== 'object' || params === null) return [String(params)];
  return depth < deepestParams ? Object.values(params).flatMap((value) => valuesOf(value, depth + 1)) : ['…'];
};

/** An action or guard with its parameters reads as a call: `startTimer(media, 10000)`. */
const callOf = (type: string, params: unknown): string => {
  const values = valuesOf(params).join(', ');
  if (values === '') return type;
  return `${type}(${values.length > longestParams ? `${values.slice(0, longestParams - 1)}…` : values})`;
};

const nameOf = (implementation: Implementation): string => {
  if (typeof implementation === 'string') return implementation;
  if (typeof implementation === 'object') return callOf(implementation.type, implementation.params);
  const { type } = implementation as unknown as { readonly type?: string };
  return type ?? (implementation.name || 'inline');
};

const guardName = (guard: Implementation): string => {
  const { guards } = guard as Composed;
  if (guards === undefined) return nameOf(guard);
  const names = guards.map(guardName);
  const word = nameOf(guard).replace('xstate.', '');
  return names.length === 1 ? `${word} ${names[0]}` : names.join(` ${word} `);
};

const some = <Key extends string>(key: Key, names: readonly string[]) =>
  (names.length === 0 ? {} : { [key]: names }) as { readonly [K in Key]?: readonly string[] };

/** A machine as data, and where each of its transitions is found among the edges. */
export interface Chart {
  readonly definition: MachineDefinition;
  /** The definition's {@link hashOf}. */
  readonly hash: string;
  /** The index of the edge that a transition of XState is drawn as, in a list that is made once. */
  readonly edgeOf: ReadonlyMap<AnyTransitionDefinition, readonly [number]>;
}

/** True if actor logic is a state machine, whichever copy of XState made it. */
export const isMachine = (logic: unknown): logic is AnyStateMachine =>
  logic instanceof StateMachine ||
  (typeof logic === 'object' && logic !== null && 'root' in logic && 'getStateNodeById' in logic);

const inDocumentOrder = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap((child) => inDocumentOrder(child as AnyStateNode)),
];

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

/** The ids that were chosen for what a state invokes. XState would number them. */
function chosenIds({ id, invoke }: AnyStateNode): readonly string[] {
  const isChosen = invoke.some((each, place) => each.id !== `${place}.${id}`);
  return isChosen ? invoke.map((each) => each.id) : [];
}

const nodeAt = (from: AnyStateNode, path: string): AnyStateNode | undefined =>
  path.split('.').reduce<AnyStateNode | undefined>((node, key) => node?.states[key], from);

/** Default target of a history state. XState searches for it among the siblings. */
function historyTarget({ type, parent, machine, config }: AnyStateNode): AnyStateNode | undefined {
  const { target } = config as { readonly target?: unknown };
  if (type !== 'history' || typeof target !== 'string' || parent === undefined) return undefined;
  try {
    return target.startsWith('#') ? machine.getStateNodeById(target) : nodeAt(parent, target);
  } catch {
    return undefined;
  }
}

function stateOf(node: AnyStateNode, indexOf: (node: AnyStateNode) => number): StateDefinition {
  const initial = node.type === 'compound' ? node.initial?.target[0] : undefined;
  const target = historyTarget(node);
  // XState appends the actions that start and cancel delays.
  const times = Object.keys(node.config.after ?? {}).length;
  const own = (actions: readonly unknown[]) => actions.slice(0, actions.length - times) as readonly Implementation[];
  return {
    id: node.id,
    key: node.key ?? node.machine.id,
    type: node.type,
    ...(node.parent && { parent: indexOf(node.parent) }),
    ...(initial && { initial: indexOf(initial) }),
    ...some('entry', own(node.entry).map(nameOf)),
    ...some('exit', own(node.exit).map(nameOf)),
    ...some(
      'invoke',
      node.invoke.map(({ src }) => nameOf(src as Implementation)),
    ),
    ...some('invokeIds', chosenIds(node)),
    ...some('tags', node.tags),
    ...(node.description !== undefined && { description: node.description }),
    // In XState, a history state without a depth is shallow.
    ...(node.type === 'history' && { history: node.history === 'deep' ? ('deep' as const) : ('shallow' as const) }),
    ...(target !== undefined && { target: indexOf(target) }),
  };
}

function edgeOf(transition: AnyTransitionDefinition, indexOf: (node: AnyStateNode) => number): EdgeDefinition {
  const { source, eventType, guard, target = [], actions, reenter } = transition;
  return {
    source: indexOf(source),
    event: String(eventType ?? ''),
    ...(guard !== undefined && { guard: guardName(guard as Implementation) }),
    targets: target.map(indexOf),
    ...some(
      'actions',
      actions.map((action) => nameOf(action as Implementation)),
    ),
    ...(reenter && { reenter }),
  };
}

const noEdges: readonly number[] = [];

/** The edges of transitions, in order. Called for each recorded transition; nearly always there is one, or none. */
export function edgesOf({ edgeOf }: Chart, taken: readonly AnyTransitionDefinition[]): readonly number[] {
  const [first] = taken;
  if (first === undefined) return noEdges;
  return taken.length === 1 ? (edgeOf.get(first) ?? noEdges) : taken.flatMap((each) => edgeOf.get(each) ?? noEdges);
}

const known = new WeakMap<object, Chart>();

/**
 * A machine as data. Made once for each machine.
 *
 * @example
 * ```ts
 * const { definition } = definitionOf(machine);
 * console.log(definition.states.map(({ id }) => id));
 * ```
 */
export function definitionOf(machine: AnyStateMachine): Chart {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const nodes = inDocumentOrder(machine.root);
  const indices = new Map(nodes.map((node, index) => [node, index]));
  const indexOf = (node: AnyStateNode) => indices.get(node) ?? 0;
  const transitions = nodes.flatMap(transitionsOf);
  const definition: MachineDefinition = {
    id: machine.id,
    states: nodes.map((node) => stateOf(node, indexOf)),
    edges: transitions.map((transition) => edgeOf(transition, indexOf)),
  };
  const defined: Chart = {
    definition,
    hash: hashOf(definition),
    edgeOf: new Map(transitions.map((transition, index) => [transition, [index]])),
  };
  known.set(machine, defined);
  return defined;
}

/** Actor logic that is no machine, such as a promise, drawn as one: it is active until it is done, stopped or has failed. */
export function definitionOfLogic(logic: AnyActorLogic, id: string): Chart {
  const before = known.get(logic);
  if (before !== undefined) return before;
  const ends = ['done', 'stopped', 'error'] as const;
  const definition: MachineDefinition = {
    id,
    states: [
      { id, key: id, type: 'compound', initial: 1 },
      { id: `${id}.active`, key: 'active', type: 'atomic', parent: 0 },
      ...ends.map((key) => ({ id: `${id}.${key}`, key, type: 'final' as const, parent: 0 })),
    ],
    edges: ends.map((event, index) => ({ source: 1, event, targets: [index + 2] })),
    isLogic: true,
  };
  const defined: Chart = { definition, hash: hashOf(definition), edgeOf: new Map() };
  known.set(logic, defined);
  return defined;
}
