import type { Detail } from './drawing.ts';
import type { Layout } from './layout.ts';

type Line = readonly number[];

/** A layout in fewer bytes: lines have one number for each stretch, and an arrow is one list of numbers. */
export type PackedLayout = Omit<Layout, 'arrows'> & { readonly arrows: readonly (readonly number[])[] };

/** The layouts of one machine, one for each amount of text. */
export type PackedLayouts = Readonly<Record<Detail, PackedLayout>>;

/**
 * Lines run along the axes and turn at each point, so of every point but the first, one number is new: how far the line goes.
 *
 * `[axis of the first stretch: 0 for x and 1 for y, x, y, stretch, stretch, …]`, or nothing for no line.
 */
function packLine(line: Line): Line {
  const [x, y, , secondY] = line;
  if (x === undefined || y === undefined) return [];
  const axis = secondY === y ? 0 : 1;
  const stretches: number[] = [];
  for (let index = 2; index < line.length; index += 2) {
    const moving = (axis + index / 2 - 1) % 2;
    stretches.push((line[index + moving] ?? 0) - (line[index - 2 + moving] ?? 0));
  }
  return [axis, x, y, ...stretches];
}

function unpackLine([axis = 0, x, y, ...stretches]: Line): Line {
  if (x === undefined || y === undefined) return [];
  const point: [number, number] = [x, y];
  const line = [x, y];
  for (const [index, stretch] of stretches.entries()) {
    point[(axis + index) % 2 === 0 ? 0 : 1] += stretch;
    line.push(...point);
  }
  return line;
}

/** Packs a layout for the page. */
export const packLayout = (layout: Layout): PackedLayout => ({
  ...layout,
  initials: layout.initials.map(packLine),
  arrows: layout.arrows.map(({ line, label }) => [...label, ...packLine(line)]),
});

/** The layout that was packed. */
export const unpackLayout = (packed: PackedLayout): Layout => ({
  ...packed,
  initials: packed.initials.map(unpackLine),
  arrows: packed.arrows.map(([x = 0, y = 0, ...line]) => ({ line: unpackLine(line), label: [x, y] })),
});
