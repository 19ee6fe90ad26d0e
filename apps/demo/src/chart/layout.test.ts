import { conferenceClient, peerClient, playerClient, publisherClient } from '@sigchart/core/machines';
import { describe, expect, test } from 'vitest';
import { type Layout, leftOut } from './layout.ts';
import { type ChartedRole, layouts } from './layouts.ts';
import { isWithin } from './path.ts';

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

const machines: Readonly<Record<ChartedRole, { readonly root: StateNode }>> = {
  publisher: publisherClient,
  player: playerClient,
  peer: peerClient,
  member: conferenceClient,
};

for (const [role, ofRole] of Object.entries(layouts) as [ChartedRole, Readonly<Record<string, Layout>>][]) {
  const { root } = machines[role];
  for (const [name, layout] of Object.entries(ofRole)) {
    describe(`the ${name} chart of the ${role}`, () => {
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
        const half = { width: layout.box.width / 2, height: layout.box.height / 2 };
        for (const { path, at } of layout.states) {
          const [x, y] = at;
          const around = layout.frames.find((frame) => isWithin(path, frame.path)) ?? { ...layout, x: 0, y: 0 };
          expect(x - half.width, path).toBeGreaterThanOrEqual(around.x);
          expect(x + half.width, path).toBeLessThanOrEqual(around.x + around.width);
          expect(y - half.height, path).toBeGreaterThanOrEqual(around.y);
          expect(y + half.height, path).toBeLessThanOrEqual(around.y + around.height);
        }
      });

      test('has no state on top of another', () => {
        for (const { path, at } of layout.states)
          for (const other of layout.states.filter((each) => each.path !== path)) {
            const apart = [Math.abs(at[0] - other.at[0]), Math.abs(at[1] - other.at[1])] as const;
            expect(apart[0] > layout.box.width || apart[1] > layout.box.height, `${path}, ${other.path}`).toBe(true);
          }
      });
    });
  }
}
