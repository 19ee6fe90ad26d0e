import * as v from 'valibot';
import { expect, test } from 'vitest';
import { and, createMachine, not, setup } from 'xstate';
import { activeStates, stateName } from './active.ts';
import { machineDefinition } from './definition.ts';
import { definitionOf } from './definitionOf.ts';
import { hashOf } from './hash.ts';

const door = setup({
  actions: { ring: () => {}, creak: () => {} },
  guards: { isUnlocked: () => true, isDay: () => true },
}).createMachine({
  id: 'door',
  initial: 'closed',
  on: { burn: '#ashes' },
  states: {
    closed: {
      on: {
        push: { guard: and(['isUnlocked', not('isDay')]), target: 'open', actions: 'creak' },
        knock: { actions: 'ring' },
      },
    },
    open: {
      entry: 'ring',
      type: 'parallel',
      states: { leaf: { initial: 'ajar', states: { ajar: {} } }, lamp: { initial: 'off', states: { off: {} } } },
      always: { guard: 'isDay', target: 'closed' },
    },
    ashes: { id: 'ashes', type: 'final' },
  },
});

test('states are in document order, and edges mean them by index', () => {
  const { definition } = definitionOf(door);
  const keys = definition.states.map(({ key }) => key);
  expect(keys).toEqual(['door', 'closed', 'open', 'leaf', 'ajar', 'lamp', 'off', 'ashes']);
  expect(definition.states[0]).toMatchObject({ type: 'compound', initial: 1 });
  expect(definition.states[2]).toMatchObject({ type: 'parallel', parent: 0, entry: ['ring'] });
  expect(definition.edges).toEqual([
    { source: 0, event: 'burn', targets: [7] },
    { source: 1, event: 'push', guard: 'isUnlocked and not isDay', targets: [2], actions: ['creak'] },
    { source: 1, event: 'knock', targets: [], actions: ['ring'] },
    { source: 2, event: '', guard: 'isDay', targets: [1] },
  ]);
  expect(v.is(machineDefinition, JSON.parse(JSON.stringify(definition)))).toBe(true);
});

test('actions and guards with parameters read as calls', () => {
  const cyclic: Record<string, unknown> = { name: 'cycle' };
  cyclic.itself = cyclic;
  const { definition } = definitionOf(
    createMachine({
      entry: [
        { type: 'startTimer', params: { name: 'media', ms: 10_000 } },
        { type: 'send', params: { to: ['first', 'second'], message: { command: 'stop', streamId: undefined } } },
        { type: 'computed', params: () => ({ name: 'media' }) },
        { type: 'log', params: { text: 'x'.repeat(100) } },
        { type: 'keep', params: cyclic },
      ],
      on: { knock: { guard: { type: 'isLouderThan', params: { level: 3 } } } },
    }),
  );
  expect(definition.states[0]?.entry).toEqual([
    'startTimer(media, 10000)',
    'send(first, second, stop)',
    'computed',
    `log(${'x'.repeat(59)}…)`,
    'keep(cycle, cycle, cycle, …)',
  ]);
  expect(definition.edges[0]?.guard).toBe('isLouderThan(3)');
});

test('a hash is that of the definition, wherever it is made', () => {
  const { definition } = definitionOf(door);
  expect(hashOf(JSON.parse(JSON.stringify(definition)))).toBe(hashOf(definition));
  expect(hashOf(definition)).not.toBe(hashOf(definitionOf(createMachine({ id: 'door' })).definition));
});

test('the active states of a value are those of all its regions', () => {
  const { definition } = definitionOf(door);
  const names = (value: Parameters<typeof activeStates>[1]) =>
    activeStates(definition, value).map((index) => definition.states[index]?.key);
  expect(names('closed')).toEqual(['door', 'closed']);
  expect(names({ open: { leaf: 'ajar', lamp: 'off' } })).toEqual(['door', 'open', 'leaf', 'ajar', 'lamp', 'off']);
  expect(names({ elsewhere: 'x' })).toEqual(['door']);
  expect(stateName({ open: { leaf: 'ajar', lamp: 'off' } })).toBe('open.leaf.ajar lamp.off');
});
