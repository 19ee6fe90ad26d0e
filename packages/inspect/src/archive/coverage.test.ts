import type { MachineDefinition } from '@sigchart/chart';
import { expect, test } from 'vitest';
import { Coverage } from './coverage.ts';

const lamp: MachineDefinition = {
  id: 'lamp',
  states: [
    { id: 'lamp', key: 'lamp', type: 'compound', initial: 1 },
    { id: 'lamp.off', key: 'off', type: 'atomic', parent: 0 },
    { id: 'lamp.on', key: 'on', type: 'atomic', parent: 0 },
  ],
  edges: [
    { source: 1, event: 'press', targets: [2] },
    { source: 2, event: 'press', targets: [1] },
  ],
};

test('edges, states and the time in them are counted over all runs, those that run included', () => {
  const coverage = new Coverage('hash', lamp);
  for (const since of [1_000, 1_100]) {
    let at = coverage.move(coverage.nowhere, [], 'off', since, true);
    at = coverage.move(at, [0], 'on', since + 10, true);
    at = coverage.move(at, [], 'on', since + 20, true);
    at = coverage.move(at, [1], 'off', since + 30, true);
    if (since === 1_000) coverage.move(at, [], undefined, since + 70, true);
  }
  expect(coverage.record(1_200)).toMatchObject({
    edges: [2, 2],
    entered: [2, 4, 2],
    now: [1, 1, 0],
    dwellMs: [70 + 100, 10 + 40 + 10 + 70, 20 + 20],
  });
});

test('an edge leads where it led before, if the run was recorded completely', () => {
  const coverage = new Coverage('hash', lamp);
  const off = coverage.move(coverage.nowhere, [], 'off', 0, true);
  const on = coverage.move(off, [0], 'on', 0, true);
  expect(coverage.move(off, [0], { made: 'up' }, 0, true)).toBe(on);
  expect(coverage.move(off, [0], 'off', 0)).toBe(off);
});

test('the same value is the same configuration, and of too many values none is remembered by another', () => {
  const coverage = new Coverage('hash', lamp);
  let at = coverage.move(coverage.nowhere, [], 'off', 0, true);
  const off = at;
  for (let count = 0; count < 2_000; count += 1) at = coverage.move(at, [], { off: String(count) }, 0, false);
  expect(coverage.move(at, [], at.value, 0, true)).toBe(at);
  expect(coverage.move(off, [0], at.value, 0, true)).not.toBe(off);
  expect(off.ways).toEqual([]);
});
