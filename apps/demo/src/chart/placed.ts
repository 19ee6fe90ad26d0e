import { type MachineDefinition, pathOf } from '@sigchart/chart';
import { type Box, type Drawing, drawingOf, type Layout } from '@sigchart/chart/svg';
import { isWithin } from './path.ts';
import type { Plan } from './plan.ts';

/** The states and arrows of a machine that a plan has, in the places that it gives them. */
export function placed(
  definition: MachineDefinition,
  { width, height, box, start, frames, states, transitions }: Plan,
): { readonly drawing: Drawing; readonly layout: Layout } {
  const paths = definition.states.map((_, index) => pathOf(definition, index));
  const boxes = new Map<string, Box>();
  for (const { path, x, y, width, height, parting } of frames) {
    boxes.set(path, [x, y, width, height]);
    boxes.set(`${path}.media`, [x, y, width, parting - y]);
    boxes.set(`${path}.negotiation`, [x, parting, width, y + height - parting]);
  }
  for (const { path, at } of states)
    boxes.set(path, [at[0] - box.width / 2, at[1] - box.height / 2, box.width, box.height]);
  // The machine itself has no frame, so its first state is the dot where the chart starts.
  const first = paths[definition.states[0]?.initial ?? 0];
  const begin = transitions.find(({ from }) => from === first);
  const arrows = transitions.filter((transition) => transition !== begin);
  return {
    drawing: {
      ...drawingOf(definition, 'states'),
      arrows: arrows.map(({ from, to }) => ({
        source: paths.indexOf(from),
        target: paths.indexOf(to),
        edges: definition.edges.flatMap(({ source, targets }, index) =>
          isWithin(paths[source] ?? '', from) && targets.some((target) => isWithin(paths[target] ?? '', to))
            ? [index]
            : [],
        ),
        lines: [],
      })),
    },
    layout: {
      width,
      height,
      states: paths.map((path) => boxes.get(path)),
      initials: [[...start, ...(begin?.points ?? []).slice(1).flat()]],
      arrows: arrows.map(({ points }) => ({ line: points.flat(), label: [0, 0] })),
    },
  };
}
