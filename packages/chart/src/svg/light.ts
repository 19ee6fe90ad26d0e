/** Highlights of a chart. States and edges are referenced by index. */
export interface Lights {
  /** The states that are active. */
  readonly active: readonly number[];
  /** The edges that were taken last. */
  readonly taken: readonly number[];
  /** True if the machine has just started: the way from its initial dots is lit. */
  readonly started: boolean;
  /** Text beside the name of a state: the time it was active, or the number of runs in it. */
  readonly beside: (state: number) => string;
  /** Text after that of an edge: how often it was taken. */
  readonly afterEdge: (edge: number) => string;
  /** Number of times each edge was taken and each state entered over all runs, where that is known. */
  readonly coverage: { readonly edges: readonly number[]; readonly entered: readonly number[] } | undefined;
}

const indices = (text: string | undefined): number[] => (text ?? '').split(' ').filter(Boolean).map(Number);

const setText = (element: Element, text: string) => {
  if (element.textContent !== text) element.textContent = text;
};

/** Shows on a drawn chart what its machine does. Changes classes and figures only. */
export function light(svg: SVGSVGElement, { active, taken, started, beside, afterEdge, coverage }: Lights): void {
  const [activeSet, takenSet] = [new Set(active), new Set(taken)];
  const wasTaken = (edges: readonly number[]) => edges.some((edge) => (coverage?.edges[edge] ?? 0) > 0);
  for (const group of svg.querySelectorAll<SVGGElement>('.state')) {
    const index = Number(group.dataset.state);
    group.classList.toggle('active', activeSet.has(index));
    // A history state is never active.
    const isPlace = !group.matches('.history');
    group.classList.toggle('never', isPlace && coverage !== undefined && (coverage.entered[index] ?? 0) === 0);
  }
  for (const text of svg.querySelectorAll<SVGTextElement>('.dwell')) setText(text, beside(Number(text.dataset.dwell)));
  for (const group of svg.querySelectorAll<SVGGElement>('.initial'))
    group.classList.toggle('taken', started && activeSet.has(Number(group.dataset.initial)));
  for (const group of svg.querySelectorAll<SVGGElement>('.arrow, .label')) {
    const edges = indices(group.dataset.edges);
    const isTaken = edges.some((edge) => takenSet.has(edge));
    // Highlighted arrows are drawn last, so that no other line crosses them.
    if (isTaken && !group.matches('.taken')) group.parentElement?.append(group);
    group.classList.toggle('taken', isTaken);
    group.classList.toggle('never', coverage !== undefined && edges.length > 0 && !wasTaken(edges));
  }
  for (const line of svg.querySelectorAll<SVGTextElement>('.line[data-edge]')) {
    const edge = Number(line.dataset.edge);
    line.classList.toggle('taken', takenSet.has(edge));
    line.classList.toggle('never', coverage !== undefined && !wasTaken([edge]));
  }
  for (const count of svg.querySelectorAll<SVGTSpanElement>('.count'))
    setText(count, afterEdge(Number(count.dataset.count)));
}
