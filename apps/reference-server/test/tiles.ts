import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';

const camera = readFileSync(new URL('camera.js', import.meta.url), 'utf8');

/** The colours of cameras, far enough from each other for a codec not to change one into another. */
const colours = {
  red: [224, 0, 0],
  green: [0, 160, 0],
  blue: [0, 0, 224],
  yellow: [224, 208, 0],
  magenta: [224, 0, 224],
  cyan: [0, 208, 208],
  orange: [240, 128, 0],
  purple: [96, 0, 128],
  white: [255, 255, 255],
} as const;

/** Color of a camera, or of a shared screen. */
export type Colour = keyof typeof colours;

/** A video that a user sees on a page. */
export interface Tile {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Text beside it. */
  readonly caption: string;
  /** Color of the camera that it shows, if it is one. */
  readonly colour: Colour | undefined;
  /** Number of frames it has shown. */
  readonly frames: number;
}

/** Gives every page of a browser context a camera of one colour. */
export async function useCamera(context: BrowserContext, colour: Colour): Promise<void> {
  await context.addInitScript(`window.cameraColour = 'rgb(${colours[colour].join(', ')})';`);
  await context.addInitScript({ content: camera });
}

/** The colour of a camera that is next to one that was read from a picture. */
function nearest(read: readonly number[]): Colour | undefined {
  const distance = (colour: Colour) => Math.hypot(...colours[colour].map((part, index) => part - (read[index] ?? 0)));
  const [first] = (Object.keys(colours) as Colour[]).sort((one, other) => distance(one) - distance(other));
  return first !== undefined && distance(first) < 60 ? first : undefined;
}

/** The videos that a user currently sees on a page. */
export async function tilesOf(page: Page): Promise<readonly Tile[]> {
  const read = (await page.evaluate('window.visibleTiles()')) as (Omit<Tile, 'colour'> & { colour: number[] })[];
  return read.map((tile) => ({ ...tile, colour: nearest(tile.colour) }));
}

/** Members visible on a page, each as `name color`, by the names that may appear beside a tile. */
export const seenOn = async (page: Page, names: readonly string[]): Promise<readonly string[]> =>
  (await tilesOf(page))
    .map(({ caption, colour }) => `${names.find((name) => caption.includes(name)) ?? `?${caption}`} ${colour}`)
    .sort();
