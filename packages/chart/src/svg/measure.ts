import type { DrawnState, Line } from './drawing.ts';
import { textOf } from './drawing.ts';

/** Sizes that layout and drawing share, in pixels. */
export const metrics = {
  /** The name of a state: sans, semibold. */
  nameSize: 13,
  nameHeight: 25,
  /** Every other text: monospaced, so that its width is known where there is no browser. */
  lineSize: 10.5,
  lineHeight: 14,
  paddingX: 10,
  /** Below the lines of a state. */
  paddingBottom: 8,
  /** For how long it was active, beside the name. */
  dwellWidth: 58,
  /** Number of times an edge was taken, after its text. */
  countWidth: 28,
  initial: 10,
  /** The circle of a history state. */
  history: 28,
} as const;

const perLetter = metrics.lineSize * 0.606;

/** The widths of letters in a semibold sans, as parts of the size. Wider than most fonts, so that none is cut. */
const letterWidth = (letter: string): number => {
  if (/[ijltfrI.,:'|]/.test(letter)) return 0.36;
  if (/[mwMW@]/.test(letter)) return 0.94;
  if (/[A-Z]/.test(letter)) return 0.7;
  return 0.6;
};

/** Width of a state's name. Pixels, never less than it needs. */
const nameWidth = (name: string): number =>
  [...name].reduce((sum, letter) => sum + letterWidth(letter), 0) * metrics.nameSize;

/** Width of a line. */
const lineWidth = (line: Line): number =>
  textOf(line).length * perLetter + (line.edge === undefined ? 0 : metrics.countWidth);

const widest = (lines: readonly Line[]) => lines.reduce((width, line) => Math.max(width, lineWidth(line)), 0);

/** The size of the text beside an arrow. */
export const labelSize = (lines: readonly Line[]) => ({
  width: Math.ceil(widest(lines) + 8),
  height: lines.length * metrics.lineHeight + 4,
});

/** The size of the text of a state, without the states inside it. */
export function headSize({ name, lines, definition }: DrawnState): { readonly width: number; readonly height: number } {
  const { paddingX, paddingBottom, nameHeight, lineHeight, dwellWidth, history } = metrics;
  if (definition.type === 'history') return { width: history, height: history };
  // A final state has its ring before its name.
  const ring = definition.type === 'final' ? 22 : 0;
  const named = nameWidth(name) + (ring === 0 ? dwellWidth : ring);
  return {
    width: Math.ceil(Math.max(named, widest(lines)) + 2 * paddingX),
    height: nameHeight + (lines.length === 0 ? 2 : lines.length * lineHeight + paddingBottom),
  };
}
