import * as v from 'valibot';
import { record, type TraceLine } from './record.ts';

/** An invalid line of a trace. */
export interface Illegible {
  /** Line number, starting at 1. */
  readonly line: number;
  readonly reason: string;
}

/** Content of a text of lines. */
export interface Lines {
  readonly records: readonly TraceLine[];
  readonly illegible: readonly Illegible[];
}

/** A record as a line, without the line feed. */
export const encodeLine = (line: TraceLine): string => JSON.stringify(line);

/** Records as the text of a trace, a line each. */
export const encodeLines = (lines: Iterable<TraceLine>): string =>
  Array.from(lines, (line) => `${encodeLine(line)}\n`).join('');

/** Decodes lines of a file or of a feed's message. Never throws; invalid lines are returned separately. Empty lines are ignored. */
export function decodeLines(text: string): Lines {
  const records: TraceLine[] = [];
  const illegible: Illegible[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const result = v.safeParse(record, JSON.parse(line));
      if (result.success) records.push(result.output);
      else illegible.push({ line: index + 1, reason: result.issues[0].message });
    } catch {
      illegible.push({ line: index + 1, reason: 'no JSON' });
    }
  }
  return { records, illegible };
}
