import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type Graph, type GraphEdge, type GraphNode, UnmappedError } from './graph.ts';
import { activeStates } from './transition.ts';

/** A path through a machine, from its start. */
export interface Path<Machine extends AnyStateMachine> {
  /** Purpose: the last item that it covers, in words. */
  readonly name: string;
  /** Index of the machine's input. */
  readonly input: number;
  readonly steps: readonly GraphEdge<Machine>[];
  /**
   * Runs it on a system under test: performs each event, then checks the states that the machine is in.
   *
   * @throws {UnmappedError} if an event has no executor or a state no assertion. XState's own paths ignore both.
   */
  test(system: SystemUnderTest<Machine>): Promise<void>;
}

/** Options to run a path on something that is not the machine. */
export interface SystemUnderTest<Machine extends AnyStateMachine> {
  /** By the type of the event. */
  readonly events: { readonly [type: string]: (step: GraphEdge<Machine>) => unknown };
  /** By the path of the state. */
  readonly states: { readonly [path: string]: (step: GraphEdge<Machine>) => unknown };
}

/** Coverage goal; each of the three includes the previous one. */
export type Cover = 'states' | 'transitions' | 'pairs';

/** Each transition of a step followed by each of the next. */
export const pairsOf = <Machine extends AnyStateMachine>(
  before: GraphEdge<Machine>,
  taken: GraphEdge<Machine>['taken'],
): readonly string[] => before.taken.flatMap((first) => taken.map((second) => `${first.name}, then ${second.name}`));

/** Items that a step covers, given the step before. */
export function coveredBy<Machine extends AnyStateMachine>(
  cover: Cover,
  { taken, about, to }: GraphEdge<Machine>,
  before: GraphEdge<Machine> | undefined,
): readonly string[] {
  // A state that is left again at once, by an `always`, is known by that.
  const passed = taken.filter(({ event }) => event === '').map(({ source }) => source);
  const states = [...activeStates(to.snapshot as AnyMachineSnapshot), ...passed].map((path) => `in ${path}`);
  if (cover === 'states') return states;
  const pairs = cover === 'pairs' && before !== undefined ? pairsOf(before, taken) : [];
  const names = taken.map(({ name }) => name);
  const inside = about === undefined ? [] : names.map((name) => `${name}, about ${about}`);
  return [...states, ...names, ...inside, ...pairs];
}

/** The shortest way to each node: the edge by which it is reached first, and from where. */
function arrivals<Machine extends AnyStateMachine>({ initial }: Graph<Machine>) {
  const found = new Map<GraphNode<Machine>, { readonly from: GraphNode<Machine>; readonly edge: GraphEdge<Machine> }>();
  const queue = [...initial];
  for (const node of queue) {
    for (const edge of node.edges) {
      if (initial.includes(edge.to) || found.has(edge.to)) continue;
      found.set(edge.to, { from: node, edge });
      queue.push(edge.to);
    }
  }
  return { found, reached: queue };
}

function pathOfSteps<Machine extends AnyStateMachine>(
  name: string,
  input: number,
  steps: readonly GraphEdge<Machine>[],
): Path<Machine> {
  return {
    name,
    input,
    steps,
    async test({ events, states }) {
      for (const step of steps) {
        const { type } = step.event as { readonly type: string };
        const execute = events[type];
        if (execute === undefined) throw new UnmappedError(`no executor for ${type}`);
        await execute(step);
        for (const path of activeStates(step.to.snapshot as AnyMachineSnapshot)) {
          const assertion = states[path];
          if (assertion === undefined) throw new UnmappedError(`no assertion for ${path}`);
          await assertion(step);
        }
      }
    },
  };
}

/**
 * Shortest ways through a machine that together cover its states, its transitions (self-transitions and every guarded one
 * included), or every transition followed by every other that can follow it. Default transitions.
 *
 * @example
 * ```ts
 * for (const path of paths(graph, 'transitions')) await path.test(system);
 * ```
 */
export function paths<Machine extends AnyStateMachine>(
  graph: Graph<Machine>,
  cover: Cover = 'transitions',
): readonly Path<Machine>[] {
  const { found, reached } = arrivals(graph);
  interface Way {
    readonly input: number;
    readonly steps: readonly GraphEdge<Machine>[];
  }
  const wayTo = (node: GraphNode<Machine>): Way => {
    const steps: GraphEdge<Machine>[] = [];
    let from = node;
    for (let at = found.get(node); at !== undefined; at = found.get(from)) {
      steps.unshift(at.edge);
      from = at.from;
    }
    return { input: graph.initial.indexOf(from), steps };
  };
  const wanted = new Map<string, Way>();
  // Nodes come in the order of their distance, so whatever is found first is found by a shortest way.
  const want = (name: string, node: GraphNode<Machine>, ...edges: GraphEdge<Machine>[]) => {
    if (wanted.has(name)) return;
    const { input, steps } = wayTo(node);
    wanted.set(name, { input, steps: [...steps, ...edges] });
  };
  for (const node of reached) {
    for (const edge of node.edges) {
      for (const name of coveredBy(cover === 'pairs' ? 'transitions' : cover, edge, undefined)) want(name, node, edge);
      if (cover !== 'pairs') continue;
      for (const next of edge.to.edges)
        for (const name of coveredBy('pairs', next, edge)) if (!wanted.has(name)) want(name, node, edge, next);
    }
  }
  // Items covered by a longer path need no path of their own.
  const covered = new Set<string>();
  const made: Path<Machine>[] = [];
  for (const [name, { input, steps }] of [...wanted].sort(([, a], [, b]) => b.steps.length - a.steps.length)) {
    if (covered.has(name)) continue;
    made.push(pathOfSteps(name, input, steps));
    steps.forEach((step, index) => {
      for (const passed of coveredBy(cover, step, steps[index - 1])) covered.add(passed);
    });
  }
  return made.reverse();
}
