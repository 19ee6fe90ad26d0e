import type { TracedState } from '@sigchart/inspect';

const pathOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [entry] = Object.entries(value);
  if (entry === undefined) return '';
  const inner = pathOf(entry[1]);
  return inner === '' ? entry[0] : `${entry[0]}.${inner}`;
};

/** A state value as the states it is in, one for each region; what the regions are in, and are called, is left out. */
export function partsOf(value: TracedState | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  const entries = Object.entries(value);
  if (entries.length !== 1) return entries.flatMap(([, inner]) => partsOf(inner as TracedState));
  const [[key, inner]] = entries as [[string, TracedState]];
  const parts = partsOf(inner);
  return parts.length === 1 && isSingle(inner) ? [pathOf({ [key]: inner })] : parts.length === 0 ? [key] : parts;
}

const isSingle = (value: TracedState): boolean => {
  if (typeof value === 'string') return true;
  const inner = Object.values(value);
  return inner.length === 1 && isSingle(inner[0] as TracedState);
};

/** A state value in short, such as `stable · receiving.owned`. */
export const shortState = (value: TracedState | undefined): string => partsOf(value).join(' · ');

/** Part of a state that changed, such as `connecting → receiving.owned`; empty without a change. */
export function changeOf(before: TracedState | undefined, after: TracedState): string {
  const [from, to] = [partsOf(before), partsOf(after)];
  if (from.length !== to.length || from.length === 0) {
    const [left, right] = [from.join(' · '), to.join(' · ')];
    return left === '' ? right : `${left} → ${right}`;
  }
  return to.flatMap((part, index) => (part === from[index] ? [] : [`${from[index]} → ${part}`])).join(' · ');
}
