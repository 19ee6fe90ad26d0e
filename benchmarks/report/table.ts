/** Result of a benchmark, one table of `RESULTS.md`. */
export interface Table {
  readonly head: readonly string[];
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly string[])[];
  /** Explanation of how to read it. */
  readonly note?: string;
}

/** One benchmark: a heading of `RESULTS.md`. */
export interface Benchmark {
  /** Name on the command line. */
  readonly name: string;
  readonly title: string;
  /** True if it runs only on request, and is not written into `RESULTS.md`. */
  readonly isOnlyPrinted?: boolean;
  /** Measures. `progress` is called with a description of the current step. */
  run(progress: (what: string) => void): Promise<readonly Table[]>;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Writes a table as Markdown. */
export const markdown = ({ head, rows, note }: Table): string =>
  [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
    ...(note === undefined ? [] : ['', note]),
  ].join('\n');

/** The middle of some numbers, `NaN` of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** A share of one as a percentage. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A number with about three digits that mean something. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
