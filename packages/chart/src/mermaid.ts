import type { EdgeDefinition, MachineDefinition, StateDefinition } from './definition.ts';
import { triggerName } from './trigger.ts';

/** Text with the characters escaped that have a meaning in Mermaid. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[#;:{}<>"\\\n\r]/g, (sign) => `#${sign.codePointAt(0)};`)
    .replaceAll('--', '-#45;')
    // Which way a diagram goes is taken from any line that has these words.
    .replaceAll(/direction(?=\s)/g, '#100;irection');

const labelOf = (state: StateDefinition, edge: EdgeDefinition, isBrief: boolean): string => {
  const actions = isBrief ? undefined : edge.actions;
  return escaped(
    [triggerName(state, edge), edge.guard && `[${edge.guard}]`, actions && `/ ${actions.join(', ')}`]
      .filter(Boolean)
      .join(' '),
  );
};

const unnamed: StateDefinition = { id: '', key: '', type: 'atomic' };

/** Mermaid has no sign for a history state. */
const nameOf = ({ key, history }: StateDefinition): string =>
  history === undefined ? key : `${key} (${history === 'deep' ? 'H*' : 'H'})`;

/** Parts that a diagram leaves out. */
export interface MermaidOptions {
  /** Only states and the edges between them, those with the same ends as one arrow: for pages that list the rest. Default false. */
  readonly isBrief?: boolean;
}

/**
 * A machine as a Mermaid state diagram. An edge that changes no state is written into its state, because Mermaid has no other
 * place for it. Those of the machine itself are listed separately, under `in every state`.
 *
 * @see https://mermaid.js.org/syntax/stateDiagram.html
 *
 * @example
 * ```ts
 * console.log(mermaidOf(definitionOf(machine).definition));
 * ```
 */
export function mermaidOf({ id, states, edges }: MachineDefinition, { isBrief = false }: MermaidOptions = {}): string {
  const title = isBrief ? [] : ['---', `title: ${JSON.stringify(id)}`, '---'];
  const lines: string[] = [...title, 'stateDiagram-v2'];
  const childrenOf = (parent: number) => states.flatMap((state, index) => (state.parent === parent ? [index] : []));
  const label = (edge: EdgeDefinition) => labelOf(states[edge.source] ?? unnamed, edge, isBrief);

  const notes = (index: number): string[] => {
    if (isBrief) return [];
    const { entry = [], exit = [], invoke = [] } = states[index] ?? {};
    return [
      ...entry.map((action) => escaped(`entry / ${action}`)),
      ...invoke.map((src) => escaped(`invoke / ${src}`)),
      ...edges.flatMap((edge) => (edge.source === index && edge.targets.length === 0 ? [label(edge)] : [])),
      ...exit.map((action) => escaped(`exit / ${action}`)),
    ];
  };

  const write = (index: number, indent: string): void => {
    const state = states[index];
    if (state === undefined) return;
    lines.push(`${indent}state "${escaped(nameOf(state))}" as s${index}`);
    const children = childrenOf(index);
    const deeper = `${indent}  `;
    if (children.length > 0) {
      lines.push(`${indent}state s${index} {`);
      writeChildren(index, children, deeper);
      lines.push(`${indent}}`);
    }
    const own = notes(index);
    // A state with others inside has no room for text of its own, other than beside it.
    if (children.length === 0) lines.push(...own.map((note) => `${indent}s${index} : ${note}`));
    else if (own.length > 0)
      lines.push(`${indent}note right of s${index}`, ...own.map((note) => `${deeper}${note}`), `${indent}end note`);
    if (state.type === 'final') lines.push(`${indent}s${index} --> [*]`);
    if (state.target !== undefined) lines.push(`${indent}s${index} --> s${state.target}`);
  };

  const writeChildren = (index: number, children: readonly number[], indent: string): void => {
    const { type, initial } = states[index] ?? {};
    if (initial !== undefined) lines.push(`${indent}[*] --> s${initial}`);
    for (const [place, child] of children.entries()) {
      if (type === 'parallel' && place > 0) lines.push(`${indent}--`);
      write(child, indent);
    }
  };

  const always = notes(0);
  // Mermaid has regions only inside of a state.
  if (states[0]?.type === 'parallel') write(0, '  ');
  else {
    if (always.length > 0) lines.push('  state "in every state" as s0', ...always.map((note) => `  s0 : ${note}`));
    writeChildren(0, childrenOf(0), '  ');
  }
  const arrows = new Map<string, string[]>();
  const draw = (source: number, target: number, edge: EdgeDefinition) => {
    const ends = `  s${source} --> s${target} : `;
    const labels = arrows.get(ends) ?? [];
    // The same event may lead there by several guards.
    if (!isBrief || !labels.includes(label(edge))) labels.push(label(edge));
    arrows.set(ends, labels);
  };
  for (const edge of edges) {
    if (isBrief && edge.source === 0) continue;
    // Leaving the whole machine is leaving each of its states, and Mermaid knows no state for it.
    const from = edge.source === 0 ? childrenOf(0).filter((child) => states[child]?.type !== 'final') : [edge.source];
    for (const target of edge.targets)
      for (const source of from) if (source !== target || edge.source !== 0) draw(source, target, edge);
  }
  for (const [ends, labels] of arrows)
    lines.push(...(isBrief ? [ends + labels.join('<br/>')] : labels.map((text) => ends + text)));
  return `${lines.join('\n')}\n`;
}
