import { signal } from '@preact/signals';
import { zoomBy } from './chart/ChartView.tsx';
import { showsCoverage, zoom } from './chart/shown.ts';
import { look, place } from './look/selection.ts';
import { chooseNext } from './runs/RunList.tsx';
import { goLive, stepBy, toggle } from './time/player.ts';

/** True if the list of keys is open. */
export const showsHelp = signal(false);

const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();

const actions: Readonly<Record<string, () => void>> = {
  '/': () => focus('#search'),
  j: () => chooseNext(1),
  k: () => chooseNext(-1),
  ArrowLeft: () => stepBy(-1),
  ArrowRight: () => stepBy(1),
  b: () => stepBy(-Infinity),
  ' ': toggle,
  l: goLive,
  '1': () => look({ view: 'chart' }),
  '2': () => look({ view: 'ladder' }),
  '3': () => look({ view: 'log' }),
  '+': () => zoomBy(1.25),
  '-': () => zoomBy(0.8),
  '0': () => {
    zoom.value = undefined;
  },
  c: () => {
    showsCoverage.value = !showsCoverage.value;
  },
  e: () => document.querySelector<HTMLElement>('.menu summary')?.click(),
  o: () => document.querySelector<HTMLElement>('#file')?.click(),
  Escape: () => {
    if (place.value.run !== undefined) look({ run: undefined, seq: undefined });
  },
  '?': () => {
    showsHelp.value = true;
  },
};

/**
 * Elements that use keys themselves, such as text fields and sliders. A closed dialog is not among them, although an element in
 * it keeps the focus until the next rendering.
 */
const taken = 'input:not([type="checkbox"], [type="radio"]), textarea, select, dialog[open]';

/** Elements that space and enter activate. */
const pressed = 'button, summary, a, [type="checkbox"], [type="radio"]';

/** Listens for the keys that `?` lists. Returns how to end that. */
export function listenForKeys(): () => void {
  const hear = (event: KeyboardEvent) => {
    const { key, target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented || !(target instanceof Element)) return;
    if (target.closest(taken) !== null || (key === ' ' && target.closest(pressed) !== null)) return;
    if (key.startsWith('Arrow') && target.matches('[type="radio"]')) return;
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  addEventListener('keydown', hear);
  return () => removeEventListener('keydown', hear);
}
