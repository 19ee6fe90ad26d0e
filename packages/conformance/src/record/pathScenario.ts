import type { Action, CaseConnection } from '../case.ts';
import type { Scenario } from './record.ts';

/** A scenario that should take a machine along a path, and the events that show whether it has. */
export interface PathScenario extends Scenario {
  /** The machine, by id. */
  readonly machine: string;
  /** The socket that it belongs to, counted from 1 in the order of opening; 0 for a machine that sockets share. */
  readonly socket: number;
  /** The events of the path: type, and socket if they have one. */
  readonly events: readonly string[];
}

/** An event in comparable form: sockets are numbered in the order of opening. */
export const eventKey = (event: { readonly type: string; readonly from?: unknown }): string =>
  'from' in event ? `${event.type} ${String(event.from)}` : event.type;

/** The machine whose paths are walked, and the names of the cases that they make. */
export interface Walk {
  /** The file of the cases. */
  readonly file: string;
  readonly section: string;
  readonly machine: string;
  readonly socket: number;
  /** The title of a case, from its steps in words. */
  readonly title: (words: readonly string[]) => string;
}

/** One event of a path: its words, and the actions that cause it. Without words, it follows from the event before. */
export interface WalkedStep {
  readonly words?: string;
  readonly actions: readonly Action[];
}

/** Steps around those of a path. */
export interface Scene {
  readonly connections?: readonly CaseConnection[];
  /** Actions before the first event. */
  readonly before: readonly Action[];
  /** Actions after the last event. */
  readonly after: readonly Action[];
}

/** Makes a scenario of a path. */
export function pathScenario(
  { file, section, machine, socket, title }: Walk,
  events: readonly { readonly type: string }[],
  steps: readonly WalkedStep[],
  { connections, before, after }: Scene,
): PathScenario {
  const words = steps.flatMap((step) => step.words ?? []);
  const slug = words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return {
    id: `${file}/${slug}`,
    title: title(words),
    section,
    requiredBy: 'project',
    machine,
    socket,
    events: events.map(eventKey),
    ...(connections !== undefined && { connections }),
    actions: [...before, ...steps.flatMap(({ actions }) => actions), ...after],
  };
}

/** A title such as `A client: dials, then closes`. */
export const titleOf =
  (name: string) =>
  (words: readonly string[]): string =>
    `A ${name}: ${words.join(', then ')}`;

/** A title such as `In a call, A joins, B joins, and A leaves`. */
export const titleOfGroup =
  (name: string) =>
  (words: readonly string[]): string =>
    `In a ${name}, ${words.slice(0, -1).join(', ')}${words.length > 1 ? ', and ' : ''}${words.at(-1)}`;
