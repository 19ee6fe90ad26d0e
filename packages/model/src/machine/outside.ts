import type { AnyStateMachine } from 'xstate';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';

/** State of a machine's environment that determines the possible events. Plain data. */
type Outside = object;

/**
 * A machine's graph together with what is outside of it: only what can be brought about there is left.
 *
 * @param next what is outside after an edge, or `undefined` when it cannot be taken as things are.
 */
export function fromOutside<Machine extends AnyStateMachine, World extends Outside>(
  graph: Graph<Machine>,
  beginning: World,
  next: (world: World, from: GraphNode<Machine>, edge: GraphEdge<Machine>) => World | undefined,
): Graph<Machine> {
  interface PlacedNode {
    readonly of: GraphNode<Machine>;
    readonly world: World;
    readonly node: GraphNode<Machine> & { readonly edges: GraphEdge<Machine>[] };
  }
  const placed = new Map<string, PlacedNode>();
  const queue: PlacedNode[] = [];
  const place = (of: GraphNode<Machine>, world: World): GraphNode<Machine> => {
    const key = `${of.key} ${JSON.stringify(world)}`;
    const known = placed.get(key);
    if (known !== undefined) return known.node;
    const fresh = { of, world, node: { key, snapshot: of.snapshot, edges: [] } };
    placed.set(key, fresh);
    queue.push(fresh);
    return fresh.node;
  };
  const initial = graph.initial.map((of) => place(of, beginning));
  for (const { of, world, node } of queue)
    for (const edge of of.edges) {
      const then = next(world, of, edge);
      if (then !== undefined) node.edges.push({ ...edge, to: place(edge.to, then) });
    }
  return { ...graph, initial, nodes: [...placed.values()].map((each) => each.node) };
}
