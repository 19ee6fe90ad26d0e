import { playerClient, publisherClient } from '@sigchart/core';
import { describe, expect, test } from 'vitest';
import { leftOut } from './layout.ts';
import { isWithin } from './path.ts';
import { narrowLayout } from './streamNarrow.ts';
import { wideLayout } from './streamWide.ts';

interface StateNode {
  readonly path: readonly string[];
  readonly states: Readonly<Record<string, StateNode>>;
  readonly transitions: ReadonlyMap<string, readonly { readonly target?: readonly StateNode[] | undefined }[]>;
}

const addressOf = ({ path }: StateNode) => path.join('.');

/** Every state of a machine with nothing inside it. */
const leavesOf = (node: StateNode): StateNode[] => {
  const inner = Object.values(node.states);
  return inner.length === 0 ? [node] : inner.flatMap(leavesOf);
};

const allOf = (node: StateNode): StateNode[] => [node, ...Object.values(node.states).flatMap(allOf)];

const machines = { publisher: publisherClient, player: playerClient } as const;
const layouts = { wide: wideLayout, narrow: narrowLayout } as const;

for (const role of ['publisher', 'player'] as const) {
  const root: StateNode = machines[role].root;
  for (const [name, layoutOf] of Object.entries(layouts)) {
    describe(`the ${name} chart of the ${role}`, () => {
      const layout = layoutOf(role);

      test('has every state of the machine', () => {
        const drawn = ['idle', ...layout.states.map(({ path }) => path)];
        const expected = leavesOf(root)
          .map(addressOf)
          .filter((path) => !leftOut.has(path));
        expect(drawn.sort()).toEqual(expected.sort());
      });

      test('has no arrow that the machine does not have', () => {
        const taken = allOf(root).flatMap((node) =>
          [...node.transitions.values()]
            .flat()
            .flatMap(({ target = [] }) => target.map((to) => ({ from: addressOf(node), to: addressOf(to) }))),
        );
        for (const { from, to } of layout.transitions) expect(taken, `${from} → ${to}`).toContainEqual({ from, to });
      });

      test('stays within its frame', () => {
        for (const { path, at } of layout.states) {
          const [x, y] = at;
          expect(x - layout.box.width / 2, path).toBeGreaterThanOrEqual(0);
          expect(x + layout.box.width / 2, path).toBeLessThanOrEqual(layout.width);
          expect(y + layout.box.height / 2, path).toBeLessThanOrEqual(layout.height);
          if (isWithin(path, 'accepted')) expect(x).toBeLessThan(layout.accepted.x + layout.accepted.width);
        }
      });
    });
  }
}
