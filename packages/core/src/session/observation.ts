import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { Step } from '../machines/step.ts';

/** The effect that was being performed as a machine was sent an event. */
export interface TransitionCause {
  readonly running: ObservedMachine;
  /** The {@link Transition.seq} of the transition with the effect. */
  readonly seq: number;
  /** Its place among the effects of that transition. */
  readonly effect: number;
}

/** A machine that runs, as those see it that observe it. */
export interface ObservedMachine {
  readonly machine: AnyStateMachine;
  /** Current snapshot. */
  getSnapshot(): AnyMachineSnapshot;
}

/** Step of one machine: the event, the new state, and the effects. */
export interface Transition {
  /** The machine, by id. */
  readonly machine: string;
  /** The running machine; it distinguishes one run from the next. */
  readonly running: ObservedMachine;
  /** Number of the event, from 1 at the start. */
  readonly seq: number;
  readonly event: { readonly type: string };
  /** The state value before the event; `undefined` as the machine starts. */
  readonly from: unknown;
  /** The state value after the event. */
  readonly state: unknown;
  /** Status of the machine after the step, as in XState. */
  readonly status: AnyMachineSnapshot['status'];
  readonly context: unknown;
  /** Effects to perform next. */
  readonly effects: readonly { readonly type: string }[];
  /** Transitions taken, in order. Empty at the start, and if the state ignores the event. */
  readonly taken: readonly AnyTransitionDefinition[];
  /** Cause of the event, if it was an effect of another machine; absent for events from outside. */
  readonly cause: TransitionCause | undefined;
}

/** Listener for the transitions of one machine. */
export type TransitionListener = (transition: Transition) => void;

/** Combines several observers, which are called in order. Absent ones are ignored. */
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

/** Describes one step of a machine that is observed. */
export const transitionOf = (
  { snapshot: { value: state, status, context }, effects, taken }: Step<AnyStateMachine>,
  step: Pick<Transition, 'running' | 'seq' | 'event' | 'from' | 'cause'>,
): Transition => ({ ...step, machine: step.running.machine.id, state, status, context, effects, taken });

/** The effect being performed, as a cause of events meanwhile. One object for many effects, changed in place. */
let performing: TransitionCause | undefined;

/** The effect that is being performed now. */
export const causeNow = (): TransitionCause | undefined => performing && { ...performing };

/** Says which effect is performed from now on, and returns which was before. */
export const performFor = (cause: TransitionCause | undefined): TransitionCause | undefined => {
  const before = performing;
  performing = cause;
  return before;
};
