import { definitionOf } from '@sigchart/chart';
import { describe, expect, test } from 'vitest';
import { isWithin } from './path.ts';
import { placed } from './placed.ts';
import { leftOut, type Plan } from './plan.ts';
import { charted } from './plans.ts';

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

for (const [role, { machine, ...plans }] of Object.entries(charted)) {
  const root: StateNode = machine.root;
  for (const [name, plan] of Object.entries<Plan>(plans)) {
    describe(`the ${name} chart of the ${role}`, () => {
      test('has every state of the machine', () => {
        const drawn = ['idle', ...plan.states.map(({ path }) => path)];
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
        for (const { from, to } of plan.transitions) expect(taken, `${from} → ${to}`).toContainEqual({ from, to });
      });

      test('lights every arrow at a transition of the machine', () => {
        const { drawing, layout } = placed(definitionOf(machine).definition, plan);
        expect(layout.arrows).toHaveLength(plan.transitions.length - 1);
        for (const { source, target, edges } of drawing.arrows) expect(edges, `${source} → ${target}`).not.toEqual([]);
      });

      test('stays within its frame', () => {
        const half = { width: plan.box.width / 2, height: plan.box.height / 2 };
        for (const { path, at } of plan.states) {
          const [x, y] = at;
          const around = plan.frames.find((frame) => isWithin(path, frame.path)) ?? { ...plan, x: 0, y: 0 };
          expect(x - half.width, path).toBeGreaterThanOrEqual(around.x);
          expect(x + half.width, path).toBeLessThanOrEqual(around.x + around.width);
          expect(y - half.height, path).toBeGreaterThanOrEqual(around.y);
          expect(y + half.height, path).toBeLessThanOrEqual(around.y + around.height);
        }
      });

      test('has no state on top of another', () => {
        for (const { path, at } of plan.states)
          for (const other of plan.states.filter((each) => each.path !== path)) {
            const apart = [Math.abs(at[0] - other.at[0]), Math.abs(at[1] - other.at[1])] as const;
            expect(apart[0] > plan.box.width || apart[1] > plan.box.height, `${path}, ${other.path}`).toBe(true);
          }
      });
    });
  }
}
