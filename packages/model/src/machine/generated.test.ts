import { describe, expect, test } from 'vitest';
import { everySubject } from '../alphabet/roles.ts';
import { coverage, coverageLine } from './coverage.ts';
import { graphOf } from './graph.ts';
import { paths } from './paths.ts';
import { runOn } from './running.ts';

describe.each(everySubject)('%s', { timeout: 600_000 }, (id, { machine, options }) => {
  const graph = graphOf(machine, options);

  test('every state, every transition and every pair of transitions has a path', () => {
    const reached = coverage(graph, paths(graph, 'pairs'));
    process.stdout.write(`${id}: ${graph.nodes.length} states with context, ${coverageLine(reached)}\n`);
    expect(reached.states.missing).toEqual([]);
    expect(reached.transitions.missing).toEqual([]);
    expect(reached.pairs.missing).toEqual([]);
    expect(coverage(graph, paths(graph)).transitions.missing).toEqual([]);
    expect(coverage(graph, paths(graph, 'states')).states.missing).toEqual([]);
  });

  test('run as in a server or a client, it behaves on every path as its definition says', async () => {
    for (const path of paths(graph, 'pairs')) await runOn(graph, path);
  });
});
