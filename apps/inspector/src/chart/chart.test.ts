import { definitionOf, type MachineDefinition } from '@sigchart/chart';
import { type Box, type Detail, drawChart, drawingOf, textOf } from '@sigchart/chart/svg';
import { conferenceServer, publisherServer, streamServer } from '@sigchart/core/machines';
import ELK from 'elkjs/lib/main.js';
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { layOut } from './layout.ts';

const elk = new ELK.default();

const isInside = ([x, y, width, height]: Box, [outerX, outerY, outerWidth, outerHeight]: Box) =>
  x >= outerX && y >= outerY && x + width <= outerX + outerWidth && y + height <= outerY + outerHeight;

const isApart = ([x, y, width, height]: Box, [otherX, otherY, otherWidth, otherHeight]: Box) =>
  x + width <= otherX || otherX + otherWidth <= x || y + height <= otherY || otherY + otherHeight <= y;

const machines = [conferenceServer, streamServer, publisherServer].map((machine) => definitionOf(machine).definition);

for (const definition of machines)
  describe(`the chart of ${definition.id}`, () => {
    for (const detail of ['states', 'effects'] as const satisfies readonly Detail[])
      test(`has every state inside its parent and beside its siblings, with ${detail}`, async () => {
        const { states } = await layOut(definition, detail, elk);
        const boxOf = (index: number) => states[index] ?? ([0, 0, 0, 0] as const);
        for (const [index, { parent }] of definition.states.entries()) {
          expect(boxOf(index)[2]).toBeGreaterThan(0);
          if (parent === undefined) continue;
          expect(isInside(boxOf(index), boxOf(parent))).toBe(true);
          for (const [other, { parent: otherParent }] of definition.states.entries())
            if (otherParent === parent && other > index) expect(isApart(boxOf(index), boxOf(other))).toBe(true);
        }
      });

    test('has each transition once, as an arrow or as a line in its state', async () => {
      const { states, arrows } = drawingOf(definition, 'effects');
      const drawn = [...states, ...arrows].flatMap(({ lines }) =>
        lines.flatMap(({ edge, word }) => (edge === undefined || word === '' ? [] : [edge])),
      );
      expect(drawn.toSorted((a, b) => a - b)).toEqual(definition.edges.map((_, index) => index));
    });

    test('has an arrow along points for every arrow of the drawing', async () => {
      const { arrows } = await layOut(definition, 'events', elk);
      for (const { line } of arrows) expect(line.length).toBeGreaterThanOrEqual(4);
    });
  });

const door = setup({ guards: { isUnlocked: () => true }, actions: { ring: () => {}, stay: () => {} } }).createMachine({
  id: 'door',
  initial: 'closed',
  states: {
    closed: { on: { push: { guard: 'isUnlocked', target: 'open' }, knock: { actions: 'ring' } } },
    open: {
      type: 'parallel',
      entry: 'ring',
      on: { burn: 'gone' },
      states: {
        light: { initial: 'on', states: { on: {} } },
        heat: { initial: 'warm', states: { warm: {} } },
      },
    },
    gone: { type: 'final' },
  },
});

const draw = async (definition: MachineDefinition, detail: Detail) =>
  drawChart(drawingOf(definition, detail), await layOut(definition, detail, elk));

test('the look is that of Harel: initial dot, final ring, dashed regions, guards in brackets, effects on entry', async () => {
  const { definition } = definitionOf(door);
  const svg = await draw(definition, 'events');
  const indexOf = (key: string) => definition.states.findIndex((state) => state.key === key);
  expect(svg).toContain(`class="initial" data-initial="0"`);
  expect(svg).toMatch(
    new RegExp(`class="state final" data-state="${indexOf('gone')}" data-name="gone"><rect[^>]*/><circle class="ring"`),
  );
  expect(svg.match(/class="divider"/g)).toHaveLength(1);
  const text = (detail: Detail) => {
    const { states, arrows } = drawingOf(definition, detail);
    return [...states, ...arrows].flatMap(({ lines }) => lines.map(textOf));
  };
  expect(text('events')).toEqual(['knock', 'entry / ring', 'push [isUnlocked]', 'burn']);
  expect(text('effects')).toContain('knock / ring');
  expect(text('states')).toEqual([]);
});

test('a history state is a letter in a circle, with an arrow to its default target, and has no region', async () => {
  const { definition } = definitionOf(
    setup({}).createMachine({
      id: 'm',
      type: 'parallel',
      states: {
        a: { initial: 'b', after: { 500: '.b' }, states: { b: {}, last: { type: 'history', target: 'b' } } },
        c: {},
        all: { type: 'history', history: 'deep' },
      },
    }),
  );
  const svg = await draw(definition, 'events');
  expect(svg.match(/class="state history"/g)).toHaveLength(2);
  expect(svg.match(/class="divider"/g)).toHaveLength(1);
  const { states, arrows } = drawingOf(definition, 'events');
  expect(
    states.filter(({ definition: { type } }) => type === 'history').map(({ name, isRegion }) => [name, isRegion]),
  ).toEqual([
    ['H', false],
    ['H*', false],
  ]);
  expect(arrows.map(({ source, target, lines }) => [source, target, lines.map(textOf).join()])).toEqual([
    [1, 2, 'after 500 ms'],
    [3, 2, ''],
  ]);
});

test('names of foreign machines are escaped in the drawing', async () => {
  const hostile = '</text><script>alert(1)</script>"';
  const { definition } = definitionOf(
    setup({}).createMachine({
      id: 'x',
      initial: 'a',
      states: { a: { id: hostile, description: hostile, on: { [hostile]: 'b' } }, b: {} },
    }),
  );
  const svg = await draw(definition, 'effects');
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;');
});
