import { expect, test } from 'vitest';
import type { MachineDefinition } from '../definition.ts';
import { drawingOf } from './drawing.ts';

test('a long list of effects continues in the next line', () => {
  const effects = ['sendAnswer', 'sendKeptCandidates', 'forgetOwnCandidates', 'startTimer'];
  const definition: MachineDefinition = {
    id: 'm',
    states: [{ id: 'm', key: 'm', type: 'atomic', entry: effects }],
    edges: [],
  };
  const [state] = drawingOf(definition, 'effects').states;
  const lines = state?.lines.map(({ effects }) => effects) ?? [];
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join(' ')).toBe(effects.join(', '));
});
