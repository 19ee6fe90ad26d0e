import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate';

/** The effect that was being performed as a machine was sent an event. */
export interface TransitionCause {
  /** The {@link ObservedMachine.id} of the machine whose effect it is. */
  readonly running: number;
  /** The {@link Transition.seq} of the transition that asked for it. */
  readonly seq: number;
  /** Its place among the effects of that transition. */
  readonly effect: number;
}

/** A machine that runs, as those see it that observe it. */
export interface ObservedMachine {
  /** Counts, from 1, the machines that were run in this process. */
  readonly id: number;
  readonly machine: AnyStateMachine;
  /** What it is now. */
  getSnapshot(): AnyMachineSnapshot;
}

/** What happened to one machine: the event it heard, what it became, and what it asked for. */
export interface Transition {
  /** The machine, by id. */
  readonly machine: string;
  /** The machine as it runs: tells one run of it from the next. */
  readonly running: ObservedMachine;
  /** Counts what it heard, from 1 as it starts. */
  readonly seq: number;
  readonly event: { readonly type: string };
  /** The state value before the event; `undefined` as the machine starts. */
  readonly from: unknown;
  /** The state value after the event. */
  readonly state: unknown;
  /** Whether the machine runs on, and if not, how it ended: as in XState. */
  readonly status: AnyMachineSnapshot['status'];
  readonly context: unknown;
  /** What is performed next. */
  readonly effects: readonly { readonly type: string }[];
  /** The transitions of the machine that were taken, in order. None as it starts, and when the state does not know the event. */
  readonly taken: readonly AnyTransitionDefinition[];
  /** Counts what is observed in this process. */
  readonly order: number;
  /** What made it hear the event, when an effect did so at once; none for what comes from outside. */
  readonly cause: TransitionCause | undefined;
}

/** Hears what happens to one machine. */
export type TransitionListener = (transition: Transition) => void;

/** Several observers as one: told of the same machines, in that order. None of them may be there. */
export const observeWith = <Scene>(
  ...observers: readonly (((scene: Scene) => TransitionListener) | undefined)[]
): ((scene: Scene) => TransitionListener) | undefined => {
  const all = observers.filter((observe) => observe !== undefined);
  if (all.length <= 1) return all[0];
  return (scene) => {
    const listeners = all.map((observe) => observe(scene));
    return (transition) => {
      for (const listener of listeners) listener(transition);
    };
  };
};

let runs = 0;
let observed = 0;
/** The effect that is being performed, as a cause for what is heard meanwhile. One object for many effects, changed in place. */
let performing: TransitionCause | undefined;

/** The number of the next machine that runs in this process. */
export const nextRun = (): number => {
  runs += 1;
  return runs;
};

/** The number of the next transition that is observed in this process. */
export const nextOrder = (): number => {
  observed += 1;
  return observed;
};

/** The effect that is being performed now. */
export const causeNow = (): TransitionCause | undefined => performing && { ...performing };

/** Says which effect is performed from now on, and returns which was before. */
export const performFor = (cause: TransitionCause | undefined): TransitionCause | undefined => {
  const before = performing;
  performing = cause;
  return before;
};
