import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { type MachineTransition, transitionsOf } from '../machine/transition.ts';

const idOf = (path: readonly string[] | string) =>
  (typeof path === 'string' ? path : path.join('.')).replaceAll('.', '_');

const childrenOf = (node: AnyStateNode) => Object.values(node.states as Record<string, AnyStateNode>);

const heardAs = ({ event, guard }: MachineTransition) =>
  `${event === '' ? 'always' : event}${guard === undefined ? '' : ` [${guard}]`}`;

/** The lines of a state and of those in it. */
function linesOf(node: AnyStateNode, indent: string): string[] {
  const name = `${indent}state "${node.key}" as ${idOf(node.path)}`;
  const children = childrenOf(node);
  if (children.length === 0) return [name];
  const inner = `${indent}  `;
  const regions = children.map((child) => linesOf(child, inner));
  const body =
    node.type === 'parallel'
      ? regions.flatMap((lines, index) => (index === 0 ? lines : [`${inner}--`, ...lines]))
      : [`${inner}[*] --> ${idOf(node.initial.target[0]?.path ?? [])}`, ...regions.flat()];
  return [`${name} {`, ...body, `${indent}}`];
}

/**
 * A machine as a Mermaid state diagram. What it hears without leaving its state, and what it hears anywhere, is not drawn: see
 * {@link heardInPlace} and {@link heardAnywhere}.
 */
export function statechartOf(machine: AnyStateMachine): string {
  const edges = new Map<string, string[]>();
  for (const transition of transitionsOf(machine)) {
    const { source, targets } = transition;
    if (source === '' || targets.length === 0) continue;
    for (const target of targets) {
      const edge = `  ${idOf(source)} --> ${idOf(target)}`;
      const labels = edges.get(edge) ?? [];
      // The same event may lead there by several guards.
      if (!labels.includes(heardAs(transition))) labels.push(heardAs(transition));
      edges.set(edge, labels);
    }
  }
  const root = machine.root as AnyStateNode;
  const finals = childrenOf(root).filter(({ type }) => type === 'final');
  return [
    'stateDiagram-v2',
    `  [*] --> ${idOf(root.initial.target[0]?.path ?? [])}`,
    ...childrenOf(root).flatMap((node) => linesOf(node, '  ')),
    ...[...edges].map(([edge, labels]) => `${edge}: ${labels.join('<br/>')}`),
    ...finals.map(({ path }) => `  ${idOf(path)} --> [*]`),
  ].join('\n');
}

/** What a machine hears without leaving the state it is in: state and events. */
export function heardInPlace(
  machine: AnyStateMachine,
): readonly (readonly [state: string, events: readonly string[]])[] {
  const heard = new Map<string, string[]>();
  for (const transition of transitionsOf(machine))
    if (transition.source !== '' && transition.targets.length === 0)
      heard.set(transition.source, [...(heard.get(transition.source) ?? []), heardAs(transition)]);
  return [...heard];
}

/** What a machine hears in every state that does not hear it itself: the event, and where it leads. */
export const heardAnywhere = (machine: AnyStateMachine): readonly (readonly [event: string, target: string])[] =>
  transitionsOf(machine)
    .filter(({ source }) => source === '')
    .map((transition) => [heardAs(transition), transition.targets.join(', ')]);
