import type { EdgeDefinition, StateDefinition } from './definition.ts';

/** Trigger of a transition. Internal events of XState have their own kinds. */
export type Trigger =
  | { readonly kind: 'always' }
  | { readonly kind: 'event'; readonly type: string }
  /** A time in its state: milliseconds, or the name of a delay. */
  | { readonly kind: 'after'; readonly delay: string }
  /** Its state is done. */
  | { readonly kind: 'done' }
  /** An event of an invoked actor, referenced by its place. */
  | { readonly kind: 'invoked'; readonly what: 'done' | 'error' | 'snapshot'; readonly place: number };

const invoked = [
  ['done', 'xstate.done.actor.'],
  ['error', 'xstate.error.actor.'],
  ['snapshot', 'xstate.snapshot.'],
] as const;

/** The id under which a state runs what it invokes at a place. */
const idAt = ({ id, invokeIds }: StateDefinition, place: number): string => invokeIds?.[place] ?? `${place}.${id}`;

/** Trigger of a state's transition. */
export function triggerOf(state: StateDefinition, { event }: Pick<EdgeDefinition, 'event'>): Trigger {
  if (event === '') return { kind: 'always' };
  if (event === `xstate.done.state.${state.id}`) return { kind: 'done' };
  const [after, end] = ['xstate.after.', `.${state.id}`];
  if (event.startsWith(after) && event.endsWith(end))
    return { kind: 'after', delay: event.slice(after.length, -end.length) };
  for (const [what, prefix] of invoked) {
    const place = event.startsWith(prefix)
      ? (state.invoke ?? []).findIndex((_, index) => event === `${prefix}${idAt(state, index)}`)
      : -1;
    if (place >= 0) return { kind: 'invoked', what, place };
  }
  return { kind: 'event', type: event };
}

/** Name of the trigger of a state's transition, for people: `press`, `always`, `after 500 ms`, `done`, `brew done`. */
export function triggerName(state: StateDefinition, edge: Pick<EdgeDefinition, 'event'>): string {
  const trigger = triggerOf(state, edge);
  switch (trigger.kind) {
    case 'event':
      return trigger.type;
    case 'after':
      return `after ${trigger.delay}${/^\d+$/.test(trigger.delay) ? ' ms' : ''}`;
    case 'invoked':
      return `${state.invoke?.[trigger.place]} ${trigger.what}`;
    default:
      return trigger.kind;
  }
}
