import { computed, effect, signal } from '@preact/signals';
import type { MachineDefinition } from '@sigchart/chart';
import { type Moment, momentsOf, type ReadRun } from '@sigchart/inspect';
import { reader, revision } from '../feed/input.ts';
import { type Place, placeOf, textOf } from './place.ts';

/** Current selection. It is part of the page's address, so that it can be shared. */
export const place = signal<Place>(placeOf(typeof location === 'undefined' ? '' : location.hash));

/** Looks at something else. */
export const look = (change: { readonly [Key in keyof Place]?: Place[Key] | undefined }): void => {
  const { run, machine, seq, view } = { ...place.value, ...change };
  place.value = {
    view: view ?? 'chart',
    ...(run !== undefined && { run }),
    ...(machine !== undefined && { machine }),
    ...(seq !== undefined && { seq }),
  };
};

/** Selects a run, now or at a moment. */
export const lookAt = (run: string | undefined, seq?: number): void => look({ run, seq, machine: undefined });

/** The selected run. */
export const selected = computed<ReadRun | undefined>(() => {
  revision.value;
  return reader.value.runs.get(place.value.run ?? '');
});

/** The hash of the machine whose chart is shown: that of the run, or one chosen without a run. */
export const machineHash = computed(() => selected.value?.record.machine ?? place.value.machine);

/** The machine with that hash. */
export const machine = computed<MachineDefinition | undefined>(() => {
  revision.value;
  return reader.value.machines.get(machineHash.value ?? '');
});

/** Every moment of the selected run. */
export const moments = computed<readonly Moment[]>(() =>
  selected.value === undefined ? [] : momentsOf(selected.value),
);

/** Position among them: the last, unless an earlier moment is selected. */
export const position = computed(() => {
  const { seq } = place.value;
  if (seq === undefined) return moments.value.length - 1;
  const found = moments.value.findLastIndex((moment) => moment.seq <= seq);
  return Math.max(0, found);
});

/** The moment that is shown. */
export const moment = computed<Moment | undefined>(() => moments.value[position.value]);

/** True if what is shown follows what happens. */
export const isLive = computed(() => place.value.seq === undefined);

/** Goes to a place among the moments, within bounds. */
export function goTo(index: number): void {
  const all = moments.value;
  const target = all[Math.min(Math.max(0, index), all.length - 1)];
  if (target !== undefined) look({ seq: target.seq });
}

/** Keeps the address of the page and {@link place} alike, in both directions. Returns how to end that. */
export function followAddress(): () => void {
  const read = () => {
    if (location.hash !== textOf(place.value)) place.value = placeOf(location.hash);
  };
  addEventListener('hashchange', read);
  const stop = effect(() => {
    const text = textOf(place.value);
    // Not an entry in the history for each step.
    if (location.hash !== text)
      history.replaceState(null, '', text === '' ? location.pathname + location.search : text);
  });
  return () => {
    removeEventListener('hashchange', read);
    stop();
  };
}
