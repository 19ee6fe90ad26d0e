import type { MachineDefinition } from './definition.ts';

/** Path of a state, such as `accepted.media.connecting`; `''` for the machine itself. */
export function pathOf({ states }: MachineDefinition, index: number): string {
  const { key, parent } = states[index] ?? {};
  if (key === undefined || parent === undefined) return '';
  return parent === 0 ? key : `${pathOf({ states } as MachineDefinition, parent)}.${key}`;
}

/** Name of an edge: `source · event [guard] → target`. */
export function edgeName(definition: MachineDefinition, index: number): string {
  const { source, event, guard, targets } = definition.edges[index] ?? { source: 0, event: '', targets: [] };
  const where = pathOf(definition, source) || 'any';
  const condition = guard === undefined ? '' : ` [${guard}]`;
  const leads = targets.map((target) => pathOf(definition, target)).join(', ') || 'stays';
  return `${where} · ${event || 'always'}${condition} → ${leads}`;
}
