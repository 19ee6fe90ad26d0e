import type { EdgeDefinition, MachineDefinition } from '../definition/definition.ts';

/** What Mermaid would read as its own. */
const escaped = (text: string): string =>
  text.replaceAll(/[#;:{}<>"\\\n\r]/g, (sign) => `#${sign.codePointAt(0)};`).replaceAll('--', '-#45;');

const labelOf = ({ event, guard, actions }: EdgeDefinition): string =>
  escaped(
    [event === '' ? 'always' : event, guard && `[${guard}]`, actions && `/ ${actions.join(', ')}`]
      .filter(Boolean)
      .join(' '),
  );

/**
 * A machine as a Mermaid state diagram. An edge that changes no state is written into its state, since Mermaid has no other
 * place for it.
 *
 * @see https://mermaid.js.org/syntax/stateDiagram.html
 */
export function mermaidOf({ id, states, edges }: MachineDefinition): string {
  const lines: string[] = ['---', `title: ${JSON.stringify(id)}`, '---', 'stateDiagram-v2'];
  const childrenOf = (parent: number) => states.flatMap((state, index) => (state.parent === parent ? [index] : []));
  const inside = (index: number): string[] =>
    edges.flatMap((edge) => (edge.source === index && edge.targets.length === 0 ? [labelOf(edge)] : []));

  const notes = (index: number): string[] => {
    const { entry = [], exit = [] } = states[index] ?? {};
    return [
      ...entry.map((action) => escaped(`entry / ${action}`)),
      ...inside(index),
      ...exit.map((action) => escaped(`exit / ${action}`)),
    ];
  };

  const write = (index: number, indent: string): void => {
    const state = states[index];
    if (state === undefined) return;
    lines.push(`${indent}state "${escaped(state.key)}" as s${index}`);
    const children = childrenOf(index);
    const deeper = `${indent}  `;
    if (children.length > 0) {
      lines.push(`${indent}state s${index} {`);
      writeChildren(index, children, deeper);
      lines.push(`${indent}}`);
    }
    for (const note of notes(index)) if (children.length === 0) lines.push(`${indent}s${index} : ${note}`);
    if (state.type === 'final') lines.push(`${indent}s${index} --> [*]`);
  };

  const writeChildren = (index: number, children: readonly number[], indent: string): void => {
    const { type, initial } = states[index] ?? {};
    if (initial !== undefined) lines.push(`${indent}[*] --> s${initial}`);
    for (const [place, child] of children.entries()) {
      if (type === 'parallel' && place > 0) lines.push(`${indent}--`);
      write(child, indent);
    }
  };

  writeChildren(0, childrenOf(0), '  ');
  for (const edge of edges) {
    // Leaving the whole machine is leaving each of its states, and Mermaid knows no state for it.
    const from = edge.source === 0 ? childrenOf(0).filter((child) => states[child]?.type !== 'final') : [edge.source];
    for (const target of edge.targets)
      for (const source of from)
        if (source !== target || edge.source !== 0) lines.push(`  s${source} --> s${target} : ${labelOf(edge)}`);
  }
  return `${lines.join('\n')}\n`;
}
