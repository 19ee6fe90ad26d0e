import type { MachineDefinition } from '@sigchart/chart';
import {
  type Box,
  type Detail,
  type Drawing,
  drawingOf,
  headSize,
  type Layout,
  labelSize,
  metrics,
} from '@sigchart/chart/svg';
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '18',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.thoroughness': '7',
};

const nodeId = (state: number) => `s${state}`;
const initialId = (state: number) => `i${state}`;

function graphOf({ states }: MachineDefinition, drawing: Drawing): ElkNode {
  const childrenOf = (state: number) => states.flatMap(({ parent }, index) => (parent === state ? [index] : []));
  const nodeOf = (state: number): ElkNode => {
    const drawn = drawing.states[state];
    if (drawn === undefined) return { id: nodeId(state) };
    const { width, height } = headSize(drawn);
    const children = childrenOf(state);
    if (children.length === 0) return { id: nodeId(state), width, height };
    const initial = states[state]?.initial;
    return {
      id: nodeId(state),
      children: [
        ...(initial === undefined
          ? []
          : [
              {
                id: initialId(state),
                width: metrics.initial,
                height: metrics.initial,
                layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' },
              },
            ]),
        ...children.map(nodeOf),
      ],
      layoutOptions: {
        ...options,
        'elk.padding': `[top=${height + 8},left=14,bottom=14,right=14]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      },
    };
  };
  const edges: ElkExtendedEdge[] = [
    ...states.flatMap(({ initial }, index) =>
      initial === undefined ? [] : [{ id: initialId(index), sources: [initialId(index)], targets: [nodeId(initial)] }],
    ),
    ...drawing.arrows.map(({ source, target, lines }, index) => ({
      id: `a${index}`,
      sources: [nodeId(source)],
      targets: [nodeId(target)],
      ...(lines.length > 0 && {
        labels: [{ text: ' ', ...labelSize(lines), layoutOptions: { 'elk.edgeLabels.inline': 'false' } }],
      }),
    })),
  ];
  return {
    id: 'chart',
    children: [nodeOf(0)],
    edges,
    layoutOptions: { ...options, 'elk.padding': '[top=8,left=8,bottom=8,right=8]' },
  };
}

const round = (value = 0) => Math.round(value);

const lineOf = ({ sections = [] }: ElkExtendedEdge): number[] =>
  sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [round(x), round(y)]),
  );

/** Gives every state and arrow of a machine its place. Rejects if the engine does. */
export async function layOut(definition: MachineDefinition, detail: Detail, elk: ELK): Promise<Layout> {
  const drawing = drawingOf(definition, detail);
  const laid = await elk.layout(graphOf(definition, drawing));
  const boxes = new Map<string, Box>();
  const collect = ({ id, x, y, width, height, children = [] }: ElkNode) => {
    boxes.set(id, [round(x), round(y), round(width), round(height)]);
    for (const child of children) collect(child);
  };
  collect(laid);
  const edges = new Map((laid.edges ?? []).map((edge) => [edge.id, edge]));
  const nowhere: Box = [0, 0, 0, 0];
  const isWithin = (state: number, outer: number): boolean => {
    const { parent } = definition.states[state] ?? {};
    return parent !== undefined && (parent === outer || isWithin(parent, outer));
  };
  return {
    width: round(laid.width),
    height: round(laid.height),
    states: definition.states.map((_, index) => boxes.get(nodeId(index)) ?? nowhere),
    initials: definition.states.map((_, index) => {
      const edge = edges.get(initialId(index));
      return edge === undefined ? [] : lineOf(edge);
    }),
    arrows: drawing.arrows.map(({ source, target }, index) => {
      const edge = edges.get(`a${index}`);
      const [label] = edge?.labels ?? [];
      const line = edge === undefined ? [] : lineOf(edge);
      const [, top] = boxes.get(nodeId(source)) ?? nowhere;
      // An arrow from a state to one inside it starts below the name, not across it.
      if (line[1] === top && isWithin(target, source)) line[1] = top + metrics.nameHeight;
      return { line, label: [round(label?.x), round(label?.y)] };
    }),
  };
}
