import {
  type AnyActorLogic,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  StateMachine,
} from 'xstate';
import type { EdgeDefinition, MachineDefinition, StateDefinition } from './definition.ts';
import { hashOf } from './hash.ts';

/** What may stand for an action or a guard in the source of a machine. */
type Implementation = string | { readonly type: string } | ((...args: never) => unknown);

/** A guard made of others: `and`, `or` and `not` of XState. */
interface Composed {
  readonly check?: unknown;
  readonly guards?: readonly Implementation[];
}

const nameOf = (implementation: Implementation): string => {
  if (typeof implementation === 'string') return implementation;
  if (typeof implementation === 'object') return implementation.type;
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
export interface Defined {
  readonly definition: MachineDefinition;
  /** The definition's {@link hashOf}. */
  readonly hash: string;
  /** The index of the edge that a transition of XState is drawn as. */
  readonly edgeOf: ReadonlyMap<AnyTransitionDefinition, number>;
}

/** Whether actor logic is a state machine, whichever copy of XState made it. */
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

function stateOf(node: AnyStateNode, indexOf: (node: AnyStateNode) => number): StateDefinition {
  const initial = node.type === 'compound' ? node.initial?.target[0] : undefined;
  return {
    id: node.id,
    key: node.key ?? node.machine.id,
    type: node.type,
    ...(node.parent && { parent: indexOf(node.parent) }),
    ...(initial && { initial: indexOf(initial) }),
    ...some(
      'entry',
      node.entry.map((action) => nameOf(action as Implementation)),
    ),
    ...some(
      'exit',
      node.exit.map((action) => nameOf(action as Implementation)),
    ),
    ...some(
      'invoke',
      node.invoke.map(({ src }) => nameOf(src as Implementation)),
    ),
    ...some('tags', node.tags),
    ...(node.description !== undefined && { description: node.description }),
    ...(node.history !== false && { history: node.history }),
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

const known = new WeakMap<object, Defined>();

/** A machine as data. Made once for each machine. */
export function definitionOf(machine: AnyStateMachine): Defined {
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
  const defined: Defined = {
    definition,
    hash: hashOf(definition),
    edgeOf: new Map(transitions.map((transition, index) => [transition, index])),
  };
  known.set(machine, defined);
  return defined;
}

/** Actor logic that is no machine, such as a promise, drawn as one: it is active until it is done, stopped or has failed. */
export function definitionOfLogic(logic: AnyActorLogic, id: string): Defined {
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
  };
  const defined: Defined = { definition, hash: hashOf(definition), edgeOf: new Map() };
  known.set(logic, defined);
  return defined;
}
