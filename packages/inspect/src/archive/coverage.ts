import type { MachineDefinition } from '@sigchart/chart';
import { activeStates, keyOf, rememberedValues } from '@sigchart/chart';
import type { CoverageRecord, TracedState } from '../trace/record.ts';

/** A state value with its active states and its outgoing ways. One for each value of a machine. */
export interface Configuration {
  readonly value: TracedState | undefined;
  /** The {@link keyOf} `value`. */
  readonly key: string;
  readonly states: readonly number[];
  /** Following configurations: first without a transition, then by edge. */
  readonly ways: (Way | undefined)[];
}

interface Way {
  readonly to: Configuration;
  readonly left: readonly number[];
  readonly entered: readonly number[];
}

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

const add = (counts: number[], index: number, amount: number) => {
  if (index < counts.length) counts[index] = (counts[index] ?? 0) + amount;
};

/** Index in `ways` of a taken edge; 0 if the state ignored the event. */
const placeOf = ([edge = -1]: readonly number[]) => edge + 1;

/** Counts where the runs of one machine go, and how long they stay. */
export class Coverage {
  /** The configuration of a run that has not started, or has ended. */
  readonly nowhere: Configuration = { value: undefined, key: '', states: [], ways: [] };
  readonly #hash: string;
  readonly #definition: MachineDefinition;
  readonly #hasHistory: boolean;
  readonly #configurations = new Map<string, Configuration>();
  readonly #edges: number[];
  readonly #entered: number[];
  readonly #now: number[];
  /** For each state, the sum of the times at which it was left, less those at which it was entered. */
  readonly #stayed: number[];
  /** Origin of times: sums of times since 1970 would be too large to be exact. */
  #origin: number | undefined;

  constructor(hash: string, definition: MachineDefinition) {
    const { states, edges } = definition;
    this.#hash = hash;
    this.#definition = definition;
    this.#hasHistory = states.some(({ type }) => type === 'history');
    this.#edges = zeros(edges.length);
    this.#entered = zeros(states.length);
    this.#now = zeros(states.length);
    this.#stayed = zeros(states.length);
  }

  /**
   * Counts the edges that a run takes, and its new state `value`; `undefined`: it has ended.
   *
   * @param isGapless - True if every transition of the machine was observed, so that it was in `from`. Then an edge always leads
   *   to the same states, and `value` need not be inspected.
   */
  move(
    from: Configuration,
    edges: readonly number[],
    value: TracedState | undefined,
    time: number,
    isGapless = false,
  ): Configuration {
    this.#origin ??= time;
    for (const edge of edges) add(this.#edges, edge, 1);
    const { to, left, entered } = this.#way(from, edges, value, isGapless);
    if (to === from) return from;
    const at = time - this.#origin;
    for (const state of left) {
      add(this.#now, state, -1);
      add(this.#stayed, state, at);
    }
    for (const state of entered) {
      add(this.#entered, state, 1);
      add(this.#now, state, 1);
      add(this.#stayed, state, -at);
    }
    return to;
  }

  #way(from: Configuration, edges: readonly number[], value: TracedState | undefined, isGapless: boolean): Way {
    const isFixed = isGapless && edges.length <= 1 && !this.#hasHistory && from !== this.nowhere && value !== undefined;
    const known = isFixed ? from.ways[placeOf(edges)] : undefined;
    if (known !== undefined) return known;
    const to = value === undefined ? this.nowhere : this.#configuration(from, value);
    const way = {
      to,
      left: from.states.filter((state) => !to.states.includes(state)),
      entered: to.states.filter((state) => !from.states.includes(state)),
    };
    // One that is not remembered would be remembered by this.
    if (isFixed && this.#configurations.get(to.key) === to) from.ways[placeOf(edges)] = way;
    return way;
  }

  #configuration(from: Configuration, value: TracedState): Configuration {
    const key = keyOf(value);
    if (from.key === key) return from;
    const known = this.#configurations.get(key);
    if (known !== undefined) return known;
    const states = activeStates(this.#definition, value);
    const configuration = { value, key, states, ways: [] };
    if (this.#configurations.size < rememberedValues) this.#configurations.set(key, configuration);
    return configuration;
  }

  /** Counts up to now. */
  record(time: number): CoverageRecord {
    const at = time - (this.#origin ?? time);
    return {
      kind: 'coverage',
      machine: this.#hash,
      edges: [...this.#edges],
      entered: [...this.#entered],
      now: [...this.#now],
      dwellMs: this.#stayed.map((stayed, state) => stayed + (this.#now[state] ?? 0) * at),
    };
  }
}
