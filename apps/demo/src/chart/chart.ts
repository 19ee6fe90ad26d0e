import type { Layout, Point } from './layout.ts';
import { type ChartedRole, layouts } from './layouts.ts';
import { isWithin, wordOf } from './path.ts';

const namespace = 'http://www.w3.org/2000/svg';

function svg(name: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly Node[]) {
  const created = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  created.append(...children);
  return created;
}

const text = (content: string, attributes: Readonly<Record<string, string | number>>) =>
  svg('text', attributes, document.createTextNode(content));

const line = (points: readonly Point[]): string => `M${points.map((point) => point.join(' ')).join('L')}`;

/** The two short strokes at the end of an arrow. */
function head(points: readonly Point[]): string {
  const [[x, y], [fromX, fromY]] = [points.at(-1) ?? [0, 0], points.at(-2) ?? [0, 0]];
  const [dx, dy] = [Math.sign(x - fromX) * 4.5, Math.sign(y - fromY) * 4.5];
  return `M${x - dx - dy * 0.8} ${y - dy - dx * 0.8}L${x} ${y}L${x - dx + dy * 0.8} ${y - dy + dx * 0.8}`;
}

/** One drawing, and how to show in it which states are current. */
function draw(layout: Layout, kind: string): { root: Element; show: Show } {
  const { width, height, box, start } = layout;
  const [startX, startY] = start;
  const dot = svg('circle', { class: 'state', cx: startX, cy: startY, r: 4.5 });
  const frames = layout.frames.map(({ path, parting, x, y, width, height }) => {
    const group = svg(
      'g',
      { class: 'frame' },
      svg('rect', { x, y, width, height, rx: 12 }),
      svg('path', {
        d: line([
          [x, parting],
          [x + width, parting],
        ]),
      }),
      text(path, { x: x + 12, y: y + 15 }),
    );
    return { path, group };
  });
  const transitions = layout.transitions.map(({ from, to, points }) => {
    const arrow = svg('path', { class: 'transition', d: line(points) + head(points) });
    return { from, to, arrow };
  });
  const states = layout.states.map(({ path, at: [x, y], final }) => {
    const outline = { x: x - box.width / 2, y: y - box.height / 2, ...box, rx: 8 };
    const group = svg('g', { class: 'state', 'data-state': wordOf(path) }, svg('rect', outline));
    // UML draws a final state with a second line around it.
    if (final)
      group.append(
        svg('rect', {
          class: 'final',
          x: outline.x + 3,
          y: outline.y + 3,
          width: box.width - 6,
          height: box.height - 6,
          rx: 5.5,
        }),
      );
    group.append(text(wordOf(path), { x, y: y + 4 }));
    return { path, group };
  });
  const root = svg('svg', { class: kind, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  root.append(
    ...frames.map(({ group }) => group),
    dot,
    ...transitions.map(({ arrow }) => arrow),
    ...states.map(({ group }) => group),
  );
  return {
    root,
    show(paths, before) {
      const isCurrent = (state: string) => paths.some((path) => isWithin(path, state));
      const wasCurrent = (state: string) => before.some((path) => isWithin(path, state));
      dot.classList.toggle('current', isCurrent('idle'));
      for (const { path, group } of [...frames, ...states]) group.classList.toggle('current', isCurrent(path));
      // The transition to the current state stays highlighted as long as that state is active.
      for (const { from, to, arrow } of transitions) {
        const fresh = !wasCurrent(to) && wasCurrent(from);
        arrow.classList.toggle('taken', isCurrent(to) && (fresh || (wasCurrent(to) && arrow.matches('.taken'))));
      }
    },
  };
}

/** Shows which states are current, and which were before. */
type Show = (paths: readonly string[], before: readonly string[]) => void;

/** Draws the statechart of a client's role into `parent`, once for wide and once for narrow places. */
export function drawChart(parent: HTMLElement, role: ChartedRole): (paths: readonly string[]) => void {
  const { wide, narrow } = layouts[role];
  const drawings = [draw(wide, 'wide'), draw(narrow, 'narrow')];
  parent.append(...drawings.map(({ root }) => root));
  let before: readonly string[] = [];
  const show = (paths: readonly string[]) => {
    for (const drawing of drawings) drawing.show(paths, before);
    before = paths;
  };
  show(['idle']);
  return show;
}
