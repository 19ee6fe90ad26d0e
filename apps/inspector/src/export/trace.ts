import { type TraceLine, traceVersion } from '@sigchart/inspect';
import { reader } from '../feed/input.ts';
import { related } from '../ladder/LadderView.tsx';

/** The trace of the selection: the run, and those that it communicates with. */
export function traceOf(): readonly TraceLine[] {
  const { machines, runs, trace } = reader.value;
  const chosen = related.value.flatMap((id) => runs.get(id) ?? []);
  const used = new Set(chosen.map(({ record }) => record.machine));
  const transitions = chosen.flatMap((run) => run.transitions).toSorted((a, b) => a.order - b.order);
  return [
    { kind: 'trace', version: traceVersion, name: trace?.name ?? 'inspector', time: trace?.time ?? 0 },
    ...[...machines].flatMap(([hash, definition]) =>
      used.has(hash) ? [{ kind: 'machine' as const, hash, definition }] : [],
    ),
    ...chosen.map(({ record }) => record),
    ...chosen.flatMap(({ dropped }) => dropped ?? []),
    ...transitions,
  ];
}
