import { computed, signal } from '@preact/signals';
import { activeStates } from '@sigchart/chart';
import type { Detail, Lights } from '@sigchart/chart/svg';
import { type CoverageRecord, coverageOf, dwellTimes, type Moment } from '@sigchart/inspect';
import { input, reader, revision } from '../feed/input.ts';
import { now } from '../look/now.ts';
import { machine, machineHash, moment, moments, position, selected } from '../look/selection.ts';
import { duration, short } from '../look/time.ts';

/** Chosen level of detail; `undefined` for the most that fits. */
export const chosenDetail = signal<Detail | undefined>(undefined);

/** Chosen scale; `undefined` to fit the width. */
export const zoom = signal<number | undefined>(undefined);

/** True if the figures of all runs are on the chart. */
export const showsCoverage = signal(true);

/** Coverage of the selected machine by all its runs: sent by the feed, or counted from a file. */
const coverageOfMachine = computed<CoverageRecord | undefined>(() => {
  revision.value;
  const hash = machineHash.value ?? '';
  const definition = machine.value;
  const { coverage, runs } = reader.value;
  if (input.value.kind !== 'file' || definition === undefined) return coverage.get(hash);
  return coverageOf(hash, definition, runs.values(), now.value);
});

/** The text beside a state of a run: for how long it was active. Nothing where it never was. */
const besideDwell = (times: readonly number[], state: number): string => {
  const time = times[state] ?? 0;
  return state === 0 || time === 0 ? '' : duration(time);
};

/** The text beside a state of a machine: how many runs are in it. */
const besideCount = (counts: readonly number[], state: number): string => {
  const count = counts[state] ?? 0;
  return count === 0 ? '' : short(count);
};

const moved = ({ transition }: Moment) => transition === undefined || transition.taken.length > 0;

/** Highlights that the chart shows. */
export const lights = computed<Lights>(() => {
  const definition = machine.value;
  const all = coverageOfMachine.value;
  const coverage = showsCoverage.value ? all : undefined;
  const afterEdge = (edge: number) => {
    const times = coverage?.edges[edge] ?? 0;
    return times === 0 ? '' : `×${short(times)}`;
  };
  const [run, current] = [selected.value, moment.value];
  if (definition === undefined || run === undefined)
    return {
      active: (all?.now ?? []).flatMap((count, state) => (count > 0 ? [state] : [])),
      taken: [],
      started: false,
      beside: (state) => besideCount(all?.now ?? [], state),
      afterEdge,
      coverage,
    };
  const state = current?.state ?? run.record.state;
  const next = moments.value[position.value + 1];
  const until = next?.time ?? Math.max(now.value, current?.time ?? 0);
  const times = current === undefined ? [] : dwellTimes(definition, run, until);
  return {
    active: state === undefined ? [] : activeStates(definition, state),
    // An ignored event, such as a pong, does not change the last transition.
    taken: moments.value.slice(0, position.value + 1).findLast(moved)?.transition?.taken ?? [],
    started: current?.seq === 1,
    beside: (index) => besideDwell(times, index),
    afterEdge,
    coverage,
  };
});
