import { expect, test } from 'vitest';
import { joins } from './commands.ts';
import { comesToRest, explore, type Property, type System } from './explore.ts';
import { violationText } from './ladder.ts';
import { properties } from './properties.ts';
import { jointSystem } from './system.ts';

/** A number that may be doubled or incremented, up to 20. */
const numbers: System<number> = {
  initial: 1,
  keyOf: String,
  isBeyond: (number) => number > 20,
  movesOf: (number) => [
    { name: 'add one', between: ['left', 'left'], isBound: false, take: () => number + 1 },
    { name: 'double', between: ['left', 'right'], isBound: number === 13, take: () => number * 2 },
  ],
};

const isNot = (wrong: number): Property<number> => ({
  name: `is not ${wrong}`,
  sentence: `The number is never ${wrong}.`,
  violation: (number) => (number === wrong ? 'but it is' : undefined),
});

test('every state within the bounds is looked at, and counted', () => {
  const { states, transitions, beyond, quiet, isComplete, violations } = explore(numbers, { properties: [] });
  expect({ states, transitions, beyond, quiet, isComplete, violations }).toEqual({
    states: 31,
    transitions: 40,
    beyond: 11,
    quiet: 19,
    isComplete: true,
    violations: [],
  });
});

test('the trace of a violation is a shortest one, and reads as a ladder', () => {
  const [violation] = explore(numbers, { properties: [isNot(10), isNot(40)] }).violations;
  expect(violationText(['left', 'right'], violation as never)).toBe(
    [
      'is not 10: The number is never 10.',
      'but it is',
      '',
      'left                              right',
      'add one',
      '── double ──────────────────────▶',
      'add one',
      '── double ──────────────────────▶',
      '',
    ].join('\n'),
  );
});

test('a system in which something is always under way is reported', () => {
  const restless: System<number> = {
    initial: 0,
    keyOf: String,
    movesOf: (number) => [{ name: 'on', between: ['left', 'left'], isBound: true, take: () => (number + 1) % 3 }],
  };
  expect(explore(restless, { properties: [] }).violations[0]?.property.name).toBe(comesToRest.name);
});

test('an incomplete exploration is marked', () => {
  expect(explore(numbers, { properties: [], limit: 5 }).isComplete).toBe(false);
});

test('join, join, start, leave, join, offer: the offer reaches a peer that it was not made to', {
  timeout: 600_000,
}, () => {
  const system = jointSystem({
    clients: [joins(1, 0), joins(), joins(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
  });
  const [violation] = explore(system, { properties: [properties.answered] }).violations;
  expect(violation?.trace.map(({ name }) => name)).toEqual([
    'app.join',
    'join',
    'notification joined',
    'app.join',
    'join',
    'start',
    'app.stop',
    'leave',
    'stop',
    'app.join',
    'join',
    'takeConfiguration offer',
    'start',
    'notification joined',
    'takeConfiguration offer',
    'takeConfiguration answer',
    'takeConfiguration answer',
  ]);
  // As a result, media does not connect and both join again; the other properties hold (call.test.ts).
});
