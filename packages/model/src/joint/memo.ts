import { begin, type Step, step } from '@sigchart/core/machines';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { serialize } from '../machine/graph.ts';

/** An event, or an effect, as a joint exploration passes it on. */
export interface JointEvent {
  readonly type: string;
}

/** Result of a machine for one event. */
export interface StepResult {
  /** The number of the state that it is in then. */
  readonly to: number;
  readonly effects: readonly JointEvent[];
  /** True if the state handled the event. */
  readonly heard: boolean;
  /** The same as the core has it, with one snapshot for each state. */
  readonly step: Step<AnyStateMachine>;
}

const keys = new WeakMap<object, string>();

/** An event as a text. */
function keyOf(event: JointEvent): string {
  const known = keys.get(event);
  if (known !== undefined) return known;
  const key = JSON.stringify(event);
  keys.set(event, key);
  return key;
}

/**
 * A machine whose steps are taken once each: a joint exploration comes to the same state of one machine many thousand times,
 * with another state of the others.
 */
export class Memo {
  readonly machine: AnyStateMachine;
  readonly #snapshots: AnyMachineSnapshot[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #numbered = new WeakMap<object, number>();
  readonly #steps: Map<string, StepResult>[] = [];
  readonly #begun = new Map<string, StepResult>();

  constructor(machine: AnyStateMachine) {
    this.machine = machine;
  }

  #number(snapshot: AnyMachineSnapshot): number {
    const key = serialize(snapshot);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#snapshots.length);
    this.#numbered.set(snapshot, this.#snapshots.length);
    this.#steps.push(new Map());
    return this.#snapshots.push(snapshot) - 1;
  }

  /** The state with that number. */
  snapshot(number: number): AnyMachineSnapshot {
    return this.#snapshots[number] as AnyMachineSnapshot;
  }

  /** The number of a state, by its snapshot. */
  numberOf(snapshot: AnyMachineSnapshot): number {
    return this.#numbered.get(snapshot) as number;
  }

  /** Starts the machine. */
  begin(input: unknown): StepResult {
    const key = JSON.stringify(input) ?? '';
    const known = this.#begun.get(key);
    if (known !== undefined) return known;
    const { snapshot, effects } = begin(this.machine, input as never);
    const begun = this.#stepped(this.#number(snapshot as AnyMachineSnapshot), effects as readonly JointEvent[], []);
    this.#begun.set(key, begun);
    return begun;
  }

  /** Gives the machine an event in a state. */
  step(number: number, event: JointEvent): StepResult {
    const steps = this.#steps[number] as Map<string, StepResult>;
    const key = keyOf(event);
    const known = steps.get(key);
    if (known !== undefined) return known;
    const before = this.snapshot(number);
    const { snapshot, effects, taken } = step(this.machine, before as never, event as never);
    const to = taken.length > 0 ? this.#number(snapshot as AnyMachineSnapshot) : number;
    const stepped = this.#stepped(to, effects as readonly JointEvent[], taken);
    steps.set(key, stepped);
    return stepped;
  }

  #stepped(to: number, effects: readonly JointEvent[], taken: Step<AnyStateMachine>['taken']): StepResult {
    return {
      to,
      effects,
      heard: taken.length > 0,
      step: { snapshot: this.snapshot(to), effects, taken } as StepResult['step'],
    };
  }
}
