/** One step of a system, not yet taken. */
export interface Move<State> {
  /** Name of the move, for people. */
  readonly name: string;
  /** From whom to whom, for a ladder. One and the same for what happens in one place. */
  readonly between: readonly [from: string, to: string];
  /** True if it is bound to happen sooner or later. Other moves do not count as pending. */
  readonly isBound: boolean;
  /** The state afterwards. */
  take(): State;
}

/** Several machines, what is between them, and what may happen around them. */
export interface System<State> {
  readonly initial: State;
  /** A state as a text: equal ones are one. */
  keyOf(state: State): string;
  /** Possible moves, always in the same order. */
  movesOf(state: State): readonly Move<State>[];
  /** True if the state lies beyond the bounds that are set; it is counted and not left. */
  isBeyond?(state: State): boolean;
}

/** Condition that must hold in every state. */
export interface Property<State> {
  readonly name: string;
  /** The same as a sentence. */
  readonly sentence: string;
  /** Description of a violation, or `undefined`. `isQuiet`: no move is bound to happen. */
  violation(state: State, isQuiet: boolean): string | undefined;
}

/** A property that does not hold, and the shortest way to where it does not. */
export interface Violation<State> {
  readonly property: Property<State>;
  readonly detail: string;
  readonly trace: readonly Move<State>[];
}

/** Result of an exploration. */
export interface Exploration<State> {
  readonly states: number;
  readonly transitions: number;
  /** Number of states that are beyond the bounds. */
  readonly beyond: number;
  /** Number of states in which no move is bound to happen. */
  readonly quiet: number;
  /** True if every state within the bounds was visited. */
  readonly isComplete: boolean;
  /** The first of each property, or of each `detail` with `every`. */
  readonly violations: readonly Violation<State>[];
}

/** Bounds of an exploration. */
export interface ExploreOptions<State> {
  readonly properties: readonly Property<State>[];
  /** Maximum number of states. Default 100 000. */
  readonly limit?: number;
  /** True to report every violation of a property that reads differently, instead of its first. Default `false`. */
  readonly every?: boolean;
}

/** Property that the system can always come to rest. {@link explore} checks it in addition to those that it is given. */
export const comesToRest = {
  name: 'every state has a way out',
  sentence: 'From every joint state there is a way to one in which nothing is left to happen.',
} as const;

/**
 * Visits every reachable state of a system, nearest first, and checks properties in each.
 *
 * The search is breadth first, so that the trace of a violation is a shortest one. Only states at the frontier are stored; a
 * trace is reconstructed by repeating its moves.
 *
 * @example
 * ```ts
 * const found = explore(jointSystem({ clients }), { properties: [properties.deadlock] });
 * for (const { property, trace } of found.violations) console.log(property.sentence, ladder(['client 1', 'server'], trace));
 * ```
 */
export function explore<State>(system: System<State>, options: ExploreOptions<State>): Exploration<State> {
  const { properties, limit = 100_000, every = false } = options;
  const numbers = new Map<string, number>([[system.keyOf(system.initial), 0]]);
  const parents = [-1];
  const choices = [-1];
  const froms: number[] = [];
  const tos: number[] = [];
  /** States that rest, or are not looked beyond. */
  const rests: number[] = [];
  const violations: Violation<State>[] = [];
  const reported = new Set<string>();
  let frontier: State[] = [system.initial];
  let first = 0;
  let beyond = 0;
  let quiet = 0;

  const traceTo = (number: number): Move<State>[] => {
    const path: number[] = [];
    for (let at = number; at > 0; at = parents[at] as number) path.unshift(choices[at] as number);
    let state = system.initial;
    return path.map((choice) => {
      const move = system.movesOf(state)[choice] as Move<State>;
      state = move.take();
      return move;
    });
  };
  const report = (property: Property<State>, number: number, detail: string) => {
    const key = every ? `${property.name} ${detail}` : property.name;
    if (reported.has(key)) return;
    reported.add(key);
    violations.push({ property, detail, trace: traceTo(number) });
  };

  while (frontier.length > 0) {
    const next: State[] = [];
    frontier.forEach((state, index) => {
      const number = first + index;
      const isBeyond = system.isBeyond?.(state) ?? false;
      if (isBeyond || numbers.size >= limit) rests.push(number);
      if (isBeyond) {
        beyond += 1;
        return;
      }
      const moves = system.movesOf(state);
      const isQuiet = !moves.some(({ isBound }) => isBound);
      if (isQuiet) {
        quiet += 1;
        rests.push(number);
      }
      for (const property of properties) {
        const detail = property.violation(state, isQuiet);
        if (detail !== undefined) report(property, number, detail);
      }
      if (numbers.size >= limit) return;
      moves.forEach((move, choice) => {
        const reached = move.take();
        const key = system.keyOf(reached);
        let to = numbers.get(key);
        if (to === undefined) {
          to = numbers.size;
          numbers.set(key, to);
          parents.push(number);
          choices.push(choice);
          next.push(reached);
        }
        froms.push(number);
        tos.push(to);
      });
    });
    first += frontier.length;
    frontier = next;
  }

  const stuck = withoutWayTo(rests, numbers.size, froms, tos);
  if (stuck !== undefined)
    report({ ...comesToRest, violation: () => undefined }, stuck, 'from here on something is always under way');
  return {
    states: numbers.size,
    transitions: froms.length,
    beyond,
    quiet,
    isComplete: numbers.size < limit,
    violations,
  };
}

/** The nearest state from which none of `ends` can be reached. */
function withoutWayTo(
  ends: readonly number[],
  size: number,
  froms: readonly number[],
  tos: readonly number[],
): number | undefined {
  const arriving: number[][] = Array.from({ length: size }, () => []);
  froms.forEach((from, edge) => void (arriving[tos[edge] as number] as number[]).push(from));
  const reached = new Uint8Array(size);
  const queue = [...ends];
  for (const end of ends) reached[end] = 1;
  for (let at = queue.pop(); at !== undefined; at = queue.pop())
    for (const from of arriving[at] as number[])
      if (reached[from] === 0) {
        reached[from] = 1;
        queue.push(from);
      }
  const index = reached.indexOf(0);
  return index === -1 ? undefined : index;
}
