/** The roles that have a chart. */
export type ChartedRole = 'publisher' | 'player';

/** A point of the drawing. */
export type Point = readonly [x: number, y: number];

/** A state, drawn as a box with its name. */
interface DrawnState {
  readonly path: string;
  /** Its middle. */
  readonly at: Point;
  /** Whether the machine ends in it. */
  readonly final: boolean;
}

/** A transition, drawn as an arrow along its points. */
interface DrawnTransition {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

/** A rectangle of the drawing. */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A transition along some points. */
export const arrow = (from: string, to: string, ...points: readonly Point[]): DrawnTransition => ({ from, to, points });

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

const media: Readonly<Record<ChartedRole, readonly string[]>> = {
  publisher: ['connecting', 'publishing', 'interrupted'],
  player: ['connecting', 'playing', 'interrupted'],
};

const negotiation: Readonly<Record<ChartedRole, readonly string[]>> = {
  publisher: ['offering', 'awaitingAnswer', 'stable'],
  player: ['answering', 'stable', 'answeringAgain'],
};

/** There and back are two arrows, this far from the middle. */
const lane = 5;

/** The two regions of `accepted`, three columns each: alike in both layouts. */
export function regions(role: ChartedRole, column: (index: number) => number, rows: Point, half: number) {
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
      transitions.push(arrow(from, path, [left, there], [right, there]));
      if (both) transitions.push(arrow(path, from, [right, y + lane], [left, y + lane]));
    });
  };
  row('media', media[role], rows[0], true);
  row('negotiation', negotiation[role], rows[1], role === 'player');
  return { states, transitions };
}
