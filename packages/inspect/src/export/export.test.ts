import { signallingMachines } from '@sigchart/core';
import { expect, test } from 'vitest';
import { createActor, createMachine, setup } from 'xstate';
import { definitionOf } from '../definition/definitionOf.ts';
import { createRecorder } from '../recorder/recorder.ts';
import { literal } from './literal.ts';
import { machineConfigOf } from './machineConfig.ts';
import { mermaidOf } from './mermaid.ts';
import { type StatelyInspectionEvent, statelyInspection } from './statelyInspection.ts';

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

test('a machine as JSON makes the same machine again', () => {
  for (const machine of signallingMachines) {
    const { definition } = definitionOf(machine);
    const config = JSON.parse(JSON.stringify(machineConfigOf(definition)));
    const again = definitionOf(createMachine(config)).definition;
    const unnamed = ({ id: _, ...rest }: (typeof definition.states)[number]) => rest;
    expect(again.states.slice(1).map(unnamed)).toEqual(definition.states.slice(1).map(unnamed));
    expect(again.edges).toEqual(definition.edges);
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

test('a trace as the events of @statelyai/inspect says of each actor what it is, what it heard and what it became', () => {
  const lamp = setup({}).createMachine({
    id: 'lamp',
    context: { presses: 0 },
    initial: 'off',
    states: { off: { on: { press: 'on' } }, on: {} },
  });
  const recorder = createRecorder({ now: () => 7 });
  const actor = createActor(lamp, { inspect: recorder.inspect }).start();
  actor.send({ type: 'press' });
  const translate = statelyInspection();
  const events: StatelyInspectionEvent[] = Array.from(recorder.trace()).flatMap(translate);
  expect(events.map(({ type }) => type)).toEqual([
    '@xstate.actor',
    '@xstate.event',
    '@xstate.snapshot',
    '@xstate.event',
    '@xstate.snapshot',
  ]);
  expect(events[0]).toMatchObject({ sessionId: 's1', rootId: 's1', createdAt: '7', parentId: undefined });
  const definition = events[0]?.type === '@xstate.actor' ? events[0].definition : undefined;
  expect(createMachine(JSON.parse(definition ?? '{}')).id).toBe('lamp');
  expect(events.at(-1)).toMatchObject({
    event: { type: 'press' },
    snapshot: { status: 'active', value: 'on', context: { presses: 0 } },
  });
});
