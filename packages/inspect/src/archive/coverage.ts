import { activeStates } from '../definition/active.ts';
import type { MachineDefinition } from '../definition/definition.ts';
import type { CoverageRecord, TracedState } from '../trace/record.ts';

/** The states that a session is in, and since when. */
export interface Presence {
  readonly states: readonly number[];
  /** Milliseconds, for each of `states`. */
  readonly since: readonly number[];
}

/** In no state: not begun, or ended. */
export const absent: Presence = { states: [], since: [] };

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

const add = (counts: number[], index: number, amount: number) => {
  if (index < counts.length) counts[index] = (counts[index] ?? 0) + amount;
};

/** Counts where the sessions of one machine go, and how long they stay. */
export class Coverage {
  readonly #hash: string;
  readonly #definition: MachineDefinition;
  readonly #edges: number[];
  readonly #entered: number[];
  readonly #now: number[];
  readonly #dwellMs: number[];
  /** The sum of the times at which those that are in a state came into it. */
  readonly #came: number[];

  constructor(hash: string, definition: MachineDefinition) {
    const { states, edges } = definition;
    this.#hash = hash;
    this.#definition = definition;
    this.#edges = zeros(edges.length);
    [this.#entered, this.#now, this.#dwellMs, this.#came] = [states, states, states, states].map(({ length }) =>
      zeros(length),
    ) as [number[], number[], number[], number[]];
  }

  /** An edge was taken. */
  take(edge: number): void {
    add(this.#edges, edge, 1);
  }

  /** A session changes its state; `undefined`: it has ended. */
  move(before: Presence, value: TracedState | undefined, time: number): Presence {
    const states = value === undefined ? absent.states : activeStates(this.#definition, value);
    if (states === before.states) return before;
    for (const [index, state] of before.states.entries()) {
      if (states.includes(state)) continue;
      const since = before.since[index] ?? time;
      add(this.#now, state, -1);
      add(this.#came, state, -since);
      add(this.#dwellMs, state, time - since);
    }
    const since = states.map((state) => {
      const index = before.states.indexOf(state);
      if (index !== -1) return before.since[index] ?? time;
      add(this.#entered, state, 1);
      add(this.#now, state, 1);
      add(this.#came, state, time);
      return time;
    });
    return { states, since };
  }

  /** What was counted until now. */
  record(time: number): CoverageRecord {
    return {
      kind: 'coverage',
      machine: this.#hash,
      edges: [...this.#edges],
      entered: [...this.#entered],
      now: [...this.#now],
      dwellMs: this.#dwellMs.map((ended, state) => ended + (this.#now[state] ?? 0) * time - (this.#came[state] ?? 0)),
    };
  }
}
