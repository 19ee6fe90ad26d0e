import { definitionOf, mermaidOf } from '@sigchart/chart';
import { signallingMachines } from '@sigchart/core/machines';
import { expect, test } from 'vitest';
import { type AnyStateMachine, createMachine, fromPromise, setup } from 'xstate';
import { literal } from './literal.ts';
import { machineConfigOf } from './machineConfig.ts';

test('a literal is the value it was made of', () => {
  const value = {
    plain: [1, -2.5, true, null, ''],
    "it's": 'a "quote", a \\, a \n and a \u2028',
    'not-a-name': { deep: Array.from({ length: 60 }, (_, index) => `entry ${index}`) },
    empty: [{}, []],
  };
  const special = JSON.parse('{"__proto__":{"a":1},"b":2}');
  const evaluated = (text: string) => new Function(`return (${text})`)();
  expect(evaluated(literal(value))).toEqual(value);
  expect(JSON.stringify(evaluated(literal(special)))).toBe(JSON.stringify(special));
});

/** Something of everything that a machine may have, named so that much of it could be mixed up. */
const kettle = setup({
  actors: { heat: fromPromise(async () => 1), watch: fromPromise(async () => 1) },
  actions: { ring: () => {}, note: () => {} },
  guards: { isFull: () => true },
  delays: { boiling: 5 },
}).createMachine({
  id: 'kettle.1',
  initial: 'a',
  on: { '*': { actions: 'note' }, 'lid.*': '.a_b.c' },
  states: {
    a: {
      tags: ['cold'],
      description: 'Nobody has touched it.',
      invoke: [
        { src: 'heat', onDone: { target: 'a', reenter: true }, onError: 'a_b' },
        { src: 'watch', id: 'watcher', onSnapshot: { actions: 'note' }, onDone: 'end' },
      ],
      after: { boiling: 'end', 500: { guard: 'isFull', target: 'a_b' } },
      initial: 'b_c',
      states: { b_c: { type: 'final' }, last: { type: 'history', history: 'deep', target: 'b_c' } },
      onDone: 'a_b',
    },
    a_b: {
      type: 'parallel',
      states: { c: { entry: 'ring', exit: 'note' }, d: { always: { guard: 'isFull', target: '#kettle\\.1.a.last' } } },
    },
    end: { type: 'final' },
  },
});

/** The transitions of every state of a machine as XState itself has them, without guards, states by their path. */
const adjacencyOf = (machine: AnyStateMachine) => {
  type Node = AnyStateMachine['root'];
  const named = (node: Node) => node.path.join('/');
  const all: Record<string, readonly string[]> = {};
  const collect = (node: Node) => {
    all[named(node)] = [...[...node.transitions.values()].flat(), ...(node.always ?? [])].map(
      ({ eventType, target = [] }) =>
        // XState puts the ids of states into the events that it makes, and ids have no dots here.
        `${eventType.replaceAll('.', '_')} -> ${target.map(named)}`,
    );
    for (const child of Object.values(node.states)) collect(child);
  };
  collect(machine.root);
  return all;
};

test('a machine as JSON is accepted by XState, and results in the same states, transitions and names', () => {
  for (const machine of [...signallingMachines, kettle]) {
    const { definition } = definitionOf(machine);
    const config = machineConfigOf(definition);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    // Its type is checked here too: it is a config of XState.
    const again = createMachine(config);
    expect(adjacencyOf(again)).toEqual(adjacencyOf(machine));
    const { states, edges } = definitionOf(again).definition;
    const named = ({ id: _, ...rest }: (typeof definition.states)[number]) => ({
      ...rest,
      key: rest.parent === undefined ? '' : rest.key,
    });
    expect(states.map(named)).toEqual(definition.states.map(named));
    const unnamed = ({ event: _, ...rest }: (typeof edges)[number]) => rest;
    expect(edges.map(unnamed)).toEqual(definition.edges.map(unnamed));
  }
});

test('a machine as Mermaid has each of its states, and an arrow for each edge that leads somewhere', () => {
  const { definition } = definitionOf(
    setup({ guards: { isUnlocked: () => true }, actions: { creak: () => {}, ring: () => {} } }).createMachine({
      id: 'door',
      initial: 'closed',
      on: { burn: '.gone' },
      states: {
        closed: {
          entry: 'ring',
          on: { push: { guard: 'isUnlocked', target: 'open', actions: 'creak' }, knock: { actions: 'ring' } },
        },
        open: { type: 'parallel', states: { leaf: {}, lamp: { initial: 'off', states: { off: {} } } } },
        gone: { type: 'final' },
      },
    }),
  );
  expect(mermaidOf(definition)).toBe(`---
title: "door"
---
stateDiagram-v2
  [*] --> s1
  state "closed" as s1
  s1 : entry / ring
  s1 : knock / ring
  state "open" as s2
  state s2 {
    state "leaf" as s3
    --
    state "lamp" as s4
    state s4 {
      [*] --> s5
      state "off" as s5
    }
  }
  state "gone" as s6
  s6 --> [*]
  s1 --> s6 : burn
  s2 --> s6 : burn
  s1 --> s2 : push [isUnlocked] / creak
`);
});

test('every state and edge of every signalling machine is in its Mermaid diagram', () => {
  for (const machine of signallingMachines) {
    const { definition } = definitionOf(machine);
    const text = mermaidOf(definition);
    for (const index of definition.states.keys()) if (index > 0) expect(text).toContain(` as s${index}\n`);
    for (const { source, targets, event } of definition.edges)
      for (const target of targets) if (source !== 0) expect(text).toContain(`s${source} --> s${target} : ${event}`);
  }
});
