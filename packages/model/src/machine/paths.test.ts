import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { coverage, coverageLine } from './coverage.ts';
import { graphOf } from './graph.ts';
import { paths } from './paths.ts';
import { runOn } from './running.ts';

const door = (opened: string) =>
  setup({
    types: {
      context: {} as { readonly knocks: number },
      events: {} as { type: 'knock' | 'open' | 'lock' },
    },
    actions: { count: assign({ knocks: ({ context }) => Math.min(context.knocks + 1, 2) }) },
    guards: { isHeard: ({ context }) => context.knocks >= 2 },
  }).createMachine({
    id: 'door',
    context: { knocks: 0 },
    initial: 'shut',
    states: {
      shut: { on: { knock: { actions: 'count' }, open: { guard: 'isHeard', target: opened }, lock: 'locked' } },
      open: { type: 'final' },
      locked: {},
    },
  });

const machine = door('open');
const events = [{ type: 'knock' }, { type: 'open' }, { type: 'lock' }] as const;
const graph = graphOf(machine, { events });

test('a self-transition is in a path, and so is one whose guard passes only later', () => {
  expect(paths(graph).map(({ steps }) => steps.map(({ event }) => event.type))).toEqual([
    ['lock'],
    ['knock', 'knock', 'open'],
  ]);
});

test('pairs of transitions are walked one after the other', () => {
  const shortest = coverage(graph, paths(graph));
  expect(shortest.pairs.missing).toEqual(['shut · knock → stays, then shut · lock → locked']);
  expect(coverageLine(coverage(graph, paths(graph, 'pairs')))).toBe('states 3/3, transitions 3/3, pairs 3/3');
});

test('a transition that the events do not reach is missing, not forgotten', () => {
  const { transitions } = coverage(graphOf(machine, { events, within: ({ context }) => context.knocks < 1 }), []);
  expect(transitions.missing).toHaveLength(3);
});

test('a missing event type of the machine is refused', () => {
  expect(() => graphOf(machine, { events: [{ type: 'knock' }, { type: 'lock' }] })).toThrow(
    'no event for open of door',
  );
});

test('an event that the machine never receives is refused', () => {
  const odd = [...events, { type: 'ring' }] as unknown as typeof events;
  expect(() => graphOf(machine, { events: odd })).toThrow('door does not handle ring');
});

test('a path with an event that has no executor fails', async () => {
  const [path] = paths(graph);
  await expect(path?.test({ events: {}, states: { locked: () => {} } })).rejects.toThrow('no executor for lock');
});

test('a path into a state that has no assertion fails', async () => {
  const [path] = paths(graph);
  await expect(path?.test({ events: { lock: () => {} }, states: {} })).rejects.toThrow('no assertion for locked');
});

test('a machine that goes elsewhere diverges', async () => {
  const path = paths(graph).at(-1);
  if (path === undefined) throw new Error('no path');
  await expect(runOn(graph, path, door('locked'))).rejects.toThrow(
    'after knock, knock, open: states should be ["open"], not ["locked"]',
  );
});
