import { computed, signal } from '@preact/signals';
import type { ReadRun } from '@sigchart/inspect';
import { reader, revision } from '../feed/input.ts';
import { type Filter, listedBy } from './filter.ts';
import { type Row, rowOf } from './row.ts';

/** Filter of the list. */
export const filter = signal<Filter>({ query: '', standing: 'all' });

const streamOf = ({ record: { labels } }: ReadRun) => `${labels.app ?? ''}\n${labels.streamId ?? ''}`;

/** Display name of each stream, by app and id, as its publisher sent it. */
function namesOf(runs: Iterable<ReadRun>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const run of runs) {
    const { name } = run.record.labels;
    if (name !== undefined) names.set(streamOf(run), String(name));
  }
  return names;
}

/** Every run, the newest first. */
export const rows = computed<readonly Row[]>(() => {
  revision.value;
  const { runs, machines } = reader.value;
  const names = namesOf(runs.values());
  const all = [...runs.values()].map((run) =>
    rowOf(
      run,
      machines.get(run.record.machine)?.id ?? run.record.machine,
      run.record.labels.streamId === undefined ? undefined : names.get(streamOf(run)),
    ),
  );
  return all.reverse();
});

/** The runs that are listed. */
export const listed = computed<readonly Row[]>(() => {
  const { query, standing } = filter.value;
  return query.trim() === '' && standing === 'all' ? rows.value : rows.value.filter(listedBy(filter.value));
});

/** Number of runs that run a machine, and how many of them are in each state, the most frequent first. */
export interface Count {
  readonly hash: string;
  readonly machine: string;
  readonly running: number;
  readonly states: readonly (readonly [state: string, count: number])[];
}

/** Counts the rows of each machine by state: those that run. */
function countsOf(all: readonly Row[]): readonly Count[] {
  const counts = new Map<string, { machine: string; running: number; states: Map<string, number> }>();
  for (const { record, machine, state } of all) {
    const count = counts.get(record.machine) ?? { machine, running: 0, states: new Map<string, number>() };
    counts.set(record.machine, count);
    if (record.status !== 'active') continue;
    count.running += 1;
    count.states.set(state, (count.states.get(state) ?? 0) + 1);
  }
  return [...counts]
    .map(([hash, { machine, running, states }]) => ({
      hash,
      machine,
      running,
      states: [...states].toSorted(([, a], [, b]) => b - a),
    }))
    .toSorted((a, b) => a.machine.localeCompare(b.machine));
}

/** {@link countsOf} everything that was read. */
export const counts = computed(() => countsOf(rows.value));
