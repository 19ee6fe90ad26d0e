import * as v from 'valibot';
import { record, type TraceLine, traceVersion } from './record.ts';

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

/** True if a line begins a trace of another version. */
const isOtherVersion = (line: unknown): line is { readonly version: unknown } =>
  typeof line === 'object' &&
  line !== null &&
  'kind' in line &&
  line.kind === 'trace' &&
  'version' in line &&
  line.version !== traceVersion;

/** Decodes lines of a file or of a feed's message. Never throws; invalid lines are returned separately. Empty lines are ignored. */
export function decodeLines(text: string): Lines {
  const records: TraceLine[] = [];
  const illegible: Illegible[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const parsed: unknown = JSON.parse(line);
      const result = v.safeParse(record, parsed);
      if (result.success) records.push(result.output);
      else if (isOtherVersion(parsed))
        illegible.push({
          line: index + 1,
          reason: `a trace of version ${parsed.version}, and only version ${traceVersion} can be read: record it again`,
        });
      else illegible.push({ line: index + 1, reason: result.issues[0].message });
    } catch {
      illegible.push({ line: index + 1, reason: 'no JSON' });
    }
  }
  return { records, illegible };
}
