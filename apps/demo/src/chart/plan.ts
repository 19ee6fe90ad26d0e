/** A point of the drawing. */
export type Point = readonly [x: number, y: number];

/** A state, drawn as a box with its name. */
interface DrawnState {
  readonly path: string;
  /** Its middle. */
  readonly at: Point;
  /** True if the machine ends in it. */
  readonly final: boolean;
}

/** A transition, drawn as an arrow along its points. */
interface DrawnTransition {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

/** A state of two regions, drawn as a frame around what is in them. */
interface Frame {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The height at which the regions part. */
  readonly parting: number;
}

/** A state in its place. */
export const state = (path: string, ...at: Point): DrawnState => ({ path, at, final: false });

/** A state that the machine ends in, in its place. */
export const final = (path: string, ...at: Point): DrawnState => ({ path, at, final: true });

/** A transition along some points. */
export const arrow = (from: string, to: string, ...points: readonly Point[]): DrawnTransition => ({ from, to, points });

/** Positions of a chart, made by hand. Pixels. */
export interface Plan {
  readonly width: number;
  readonly height: number;
  /** Size of a state. */
  readonly box: { readonly width: number; readonly height: number };
  readonly states: readonly DrawnState[];
  readonly transitions: readonly DrawnTransition[];
  /** The dot before `idle`, where the chart starts. */
  readonly start: Point;
  readonly frames: readonly Frame[];
}

/**
 * States that the pages never reach, or only for a moment. The pages start a new role only after `stopped`. The request of a
 * player or of a called peer is accepted by an offer, so they do not wait for one. `failing` becomes `ended` within a second.
 * `resuming` lasts at most 8 s after a device has slept. A publisher offers again briefly when the kinds of its media change.
 */
export const leftOut: ReadonlySet<string> = new Set([
  'failing',
  'restarted',
  'rejoining',
  'reentering',
  'accepted.negotiation.awaitingOffer',
  'accepted.media.resuming',
  'accepted.negotiation.offeringAgain',
  'accepted.negotiation.awaitingAnswerAgain',
  'calling.media.resuming',
  'called.media.resuming',
  'called.negotiation.awaitingOffer',
]);

/** The two regions of a state, from left to right. */
interface Regions {
  readonly path: string;
  readonly media: readonly string[];
  readonly negotiation: readonly string[];
  /** True if the negotiation goes back from its last state to the one before. */
  readonly negotiatesAgain: boolean;
}

const offerer = { negotiation: ['offering', 'awaitingAnswer', 'stable'], negotiatesAgain: false };
const answerer = { negotiation: ['answering', 'stable', 'answeringAgain'], negotiatesAgain: true };

/** States in each frame of the chart, by the side that acts. */
export const regionsOf = {
  publisher: { path: 'accepted', media: ['connecting', 'publishing', 'interrupted'], ...offerer },
  player: { path: 'accepted', media: ['connecting', 'playing', 'interrupted'], ...answerer },
  caller: { path: 'calling', media: ['connecting', 'connected', 'interrupted'], ...offerer },
  called: { path: 'called', media: ['connecting', 'connected', 'interrupted'], ...answerer },
} as const satisfies Record<string, Regions>;

/** Distance of each of two opposite arrows from the middle. */
const lane = 5;

/** The states and arrows in a frame: two rows, three columns each. */
export function drawRegions(regions: Regions, column: (index: number) => number, rows: Point, half: number) {
  const states: DrawnState[] = [];
  const transitions: DrawnTransition[] = [];
  const row = (region: 'media' | 'negotiation', y: number, back: boolean) => {
    const names = regions[region];
    const pathOf = (name: string) => `${regions.path}.${region}.${name}`;
    names.forEach((name, index) => {
      states.push(state(pathOf(name), column(index), y));
      const before = names[index - 1];
      if (before === undefined) return;
      const [left, right] = [column(index - 1) + half, column(index) - half];
      const both = back && index === names.length - 1;
      const there = both ? y - lane : y;
      transitions.push(arrow(pathOf(before), pathOf(name), [left, there], [right, there]));
      if (both) transitions.push(arrow(pathOf(name), pathOf(before), [right, y + lane], [left, y + lane]));
    });
  };
  row('media', rows[0], true);
  row('negotiation', rows[1], regions.negotiatesAgain);
  return { states, transitions };
}
