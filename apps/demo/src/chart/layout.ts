import type { RoleName } from '@sigchart/core';

/** A point of the drawing. */
export type Point = readonly [x: number, y: number];

/** A state, drawn as a box with its name. */
export interface DrawnState {
  readonly path: string;
  /** Its middle. */
  readonly at: Point;
  /** Whether the machine ends in it. */
  readonly final: boolean;
}

/** A transition, drawn as an arrow along its points. */
export interface DrawnTransition {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

/** A rectangle of the drawing. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything of a chart is, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** How large a state is. */
  readonly box: { readonly width: number; readonly height: number };
  readonly states: readonly DrawnState[];
  readonly transitions: readonly DrawnTransition[];
  /** The dot for `idle`, before anything is asked. */
  readonly start: Point;
  /** The frame around the two regions of `accepted`, and the height at which they part. */
  readonly accepted: Rectangle & { readonly parting: number };
}

/** States the pages never get into: they publish, or play, again only after `stopped`. And the player's request is
 * accepted by an offer, so it need not await one. */
export const leftOut: ReadonlySet<string> = new Set(['restarted', 'accepted.negotiation.awaitingOffer']);

const media: Readonly<Record<RoleName, readonly string[]>> = {
  publisher: ['connecting', 'publishing', 'interrupted'],
  player: ['connecting', 'playing', 'interrupted'],
};

const negotiation: Readonly<Record<RoleName, readonly string[]>> = {
  publisher: ['offering', 'awaitingAnswer', 'stable'],
  player: ['answering', 'stable', 'answeringAgain'],
};

/** There and back are two arrows, this far from the middle. */
const lane = 5;

/** The arrows inside `accepted` are the same in both layouts, as its states are. */
function regions(role: RoleName, column: (index: number) => number, rows: Point, half: number) {
  const states: DrawnState[] = [];
  const transitions: DrawnTransition[] = [];
  const row = (region: string, names: readonly string[], y: number, back: boolean) => {
    names.forEach((name, index) => {
      const path = `accepted.${region}.${name}`;
      states.push({ path, at: [column(index), y], final: false });
      const before = names[index - 1];
      if (before === undefined) return;
      const from = `accepted.${region}.${before}`;
      const [left, right] = [column(index - 1) + half, column(index) - half];
      const both = back && index === names.length - 1;
      const there = both ? y - lane : y;
      transitions.push({
        from,
        to: path,
        points: [
          [left, there],
          [right, there],
        ],
      });
      if (both)
        transitions.push({
          from: path,
          to: from,
          points: [
            [right, y + lane],
            [left, y + lane],
          ],
        });
    });
  };
  row('media', media[role], rows[0], true);
  row('negotiation', negotiation[role], rows[1], role === 'player');
  return { states, transitions };
}

/** For a desk: five columns. */
export function wideLayout(role: RoleName): Layout {
  const box = { width: 114, height: 32 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 80 + column * 135;
  const [top, middle, level] = [48, 94, 166];
  const accepted = { x: x(2) - 68, y: 8, width: 2 * 135 + 136, height: 118, parting: 71 };
  const edge = accepted.y + accepted.height;
  const inner = regions(role, (index) => x(index + 2), [top, middle], halfWidth);
  return {
    width: 704,
    height: 192,
    box,
    start: [12, top],
    accepted,
    states: [
      { path: 'offline', at: [x(0), top], final: false },
      { path: 'requesting', at: [x(1), top], final: false },
      ...inner.states,
      { path: 'ended', at: [x(0), level], final: true },
      { path: 'retrying', at: [x(1), level], final: false },
      { path: 'restarting', at: [x(2), level], final: false },
      { path: 'stopping', at: [x(3), level], final: false },
      { path: 'stopped', at: [x(4), level], final: true },
    ],
    transitions: [
      {
        from: 'idle',
        to: 'offline',
        points: [
          [16, top],
          [x(0) - halfWidth, top],
        ],
      },
      {
        from: 'offline',
        to: 'requesting',
        points: [
          [x(0) + halfWidth, top],
          [x(1) - halfWidth, top],
        ],
      },
      {
        from: 'requesting',
        to: 'accepted',
        points: [
          [x(1) + halfWidth, top],
          [accepted.x, top],
        ],
      },
      {
        from: 'requesting',
        to: 'ended',
        points: [
          [x(1) - 24, top + halfHeight],
          [x(1) - 24, middle + 14],
          [x(0), middle + 14],
          [x(0), level - halfHeight],
        ],
      },
      {
        from: 'accepted',
        to: 'retrying',
        points: [
          [accepted.x, middle],
          [x(1) + 24, middle],
          [x(1) + 24, level - halfHeight],
        ],
      },
      {
        from: 'accepted',
        to: 'restarting',
        points: [
          [x(2), edge],
          [x(2), level - halfHeight],
        ],
      },
      {
        from: 'accepted',
        to: 'stopping',
        points: [
          [x(3), edge],
          [x(3), level - halfHeight],
        ],
      },
      {
        from: 'restarting',
        to: 'retrying',
        points: [
          [x(2) - halfWidth, level],
          [x(1) + halfWidth, level],
        ],
      },
      {
        from: 'retrying',
        to: 'requesting',
        points: [
          [x(1), level - halfHeight],
          [x(1), top + halfHeight],
        ],
      },
      {
        from: 'stopping',
        to: 'stopped',
        points: [
          [x(3) + halfWidth, level],
          [x(4) - halfWidth, level],
        ],
      },
      ...inner.transitions,
    ],
  };
}

/** For a telephone: three columns. */
export function narrowLayout(role: RoleName): Layout {
  const box = { width: 102, height: 32 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 58 + column * 115;
  const [top, first, second, third, last] = [24, 102, 146, 220, 274];
  const accepted = { x: 2, y: 66, width: 342, height: 112, parting: 124 };
  const edge = accepted.y + accepted.height;
  const inner = regions(role, x, [first, second], halfWidth);
  return {
    width: 346,
    height: 298,
    box,
    start: [6, top],
    accepted,
    states: [
      { path: 'offline', at: [x(0) + 8, top], final: false },
      { path: 'requesting', at: [x(1) + 4, top], final: false },
      ...inner.states,
      { path: 'stopping', at: [x(0), third], final: false },
      { path: 'restarting', at: [x(1), third], final: false },
      { path: 'retrying', at: [x(2), third], final: false },
      { path: 'stopped', at: [x(0), last], final: true },
      { path: 'ended', at: [x(1), last], final: true },
    ],
    transitions: [
      {
        from: 'idle',
        to: 'offline',
        points: [
          [10, top],
          [x(0) + 8 - halfWidth, top],
        ],
      },
      {
        from: 'offline',
        to: 'requesting',
        points: [
          [x(0) + 8 + halfWidth, top],
          [x(1) + 4 - halfWidth, top],
        ],
      },
      {
        from: 'requesting',
        to: 'accepted',
        points: [
          [x(1), top + halfHeight],
          [x(1), accepted.y],
        ],
      },
      {
        from: 'accepted',
        to: 'stopping',
        points: [
          [x(0), edge],
          [x(0), third - halfHeight],
        ],
      },
      {
        from: 'accepted',
        to: 'restarting',
        points: [
          [x(1), edge],
          [x(1), third - halfHeight],
        ],
      },
      {
        from: 'accepted',
        to: 'retrying',
        points: [
          [x(2), edge],
          [x(2), third - halfHeight],
        ],
      },
      {
        from: 'restarting',
        to: 'retrying',
        points: [
          [x(1) + halfWidth, third],
          [x(2) - halfWidth, third],
        ],
      },
      {
        from: 'restarting',
        to: 'ended',
        points: [
          [x(1), third + halfHeight],
          [x(1), last - halfHeight],
        ],
      },
      {
        from: 'stopping',
        to: 'stopped',
        points: [
          [x(0), third + halfHeight],
          [x(0), last - halfHeight],
        ],
      },
      ...inner.transitions,
    ],
  };
}
