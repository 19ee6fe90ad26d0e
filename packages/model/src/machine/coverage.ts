import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { Graph } from './graph.ts';
import { coveredBy, type Path, pairsOf } from './paths.ts';
import { activeStates, statesOf, transitionsOf } from './transition.ts';

/** Covered share of something. */
export interface Share {
  readonly covered: number;
  readonly total: number;
  /** Names of what is missing. */
  readonly missing: readonly string[];
}

/** Coverage of a machine by paths. */
export interface Coverage {
  readonly states: Share;
  readonly transitions: Share;
  /** Of those pairs that can follow each other. */
  readonly pairs: Share;
}

const share = (all: Iterable<string>, covered: ReadonlySet<string>): Share => {
  const wanted = [...new Set(all)];
  const missing = wanted.filter((name) => !covered.has(name));
  return { covered: wanted.length - missing.length, total: wanted.length, missing };
};

/** Every transition followed by every other that can follow it. */
function possiblePairs<Machine extends AnyStateMachine>({ nodes }: Graph<Machine>): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const node of nodes)
    for (const edge of node.edges)
      for (const next of edge.to.edges) for (const pair of pairsOf(edge, next.taken)) pairs.add(pair);
  return pairs;
}

/**
 * Coverage of a machine by paths. States and transitions are counted in the machine itself, so that unreachable ones count as
 * missing.
 */
export function coverage<Machine extends AnyStateMachine>(
  graph: Graph<Machine>,
  paths: readonly Path<Machine>[],
): Coverage {
  const covered = new Set(
    graph.initial.flatMap(({ snapshot }) => activeStates(snapshot as AnyMachineSnapshot).map((path) => `in ${path}`)),
  );
  for (const { steps } of paths)
    steps.forEach((step, index) => {
      for (const name of coveredBy('pairs', step, steps[index - 1])) covered.add(name);
    });
  return {
    states: share(
      statesOf(graph.machine).map((path) => `in ${path}`),
      covered,
    ),
    transitions: share(
      transitionsOf(graph.machine).map(({ name }) => name),
      covered,
    ),
    pairs: share(possiblePairs(graph), covered),
  };
}

const percent = ({ covered, total, missing }: Share) =>
  `${covered}/${total}${missing.length === 0 ? '' : ` (not: ${missing.slice(0, 5).join('; ')})`}`;

/** A coverage in one line. */
export const coverageLine = ({ states, transitions, pairs }: Coverage): string =>
  `states ${percent(states)}, transitions ${percent(transitions)}, pairs ${percent(pairs)}`;
