import { activeStates, definitionOf, edgesOf, type StateValue } from '@sigchart/chart';
import { drawChart, light } from '@sigchart/chart/svg';
import type { Transition } from '@sigchart/core/session';
import { placed } from './placed.ts';
import { type ChartedRole, charted } from './plans.ts';

const none = () => '';

/** Draws the statechart of a client's role into `parent`, once for wide and once for narrow places. Returns what shows a step of it. */
export function showChart(parent: HTMLElement, role: ChartedRole): (step: Pick<Transition, 'state' | 'taken'>) => void {
  const { machine, wide, narrow } = charted[role];
  const chart = definitionOf(machine);
  const { definition } = chart;
  for (const [name, plan] of Object.entries({ wide, narrow })) {
    const { drawing, layout } = placed(definition, plan);
    const place = Object.assign(document.createElement('div'), {
      className: name,
      innerHTML: drawChart(drawing, layout, { centred: true }),
    });
    place.setAttribute('aria-hidden', 'true');
    parent.append(place);
  }
  const first = definition.states[0]?.initial;
  /** The edges of the last arrow. Transitions within a state leave it lit. */
  let last: readonly number[] = [];
  const show = ({ state, taken }: Pick<Transition, 'state' | 'taken'>) => {
    const edges = edgesOf(chart, taken).filter((edge) => (definition.edges[edge]?.targets ?? []).length > 0);
    if (edges.length > 0) last = edges;
    const active = activeStates(definition, state as StateValue);
    const started =
      active.some((index) => index === first) || last.some((edge) => definition.edges[edge]?.source === first);
    for (const svg of parent.querySelectorAll('svg'))
      light(svg, { active, taken: last, started, beside: none, afterEdge: none, coverage: undefined });
  };
  show({ state: definition.states[first ?? 0]?.key ?? '', taken: [] });
  return show;
}
