import type { AnyMachineSnapshot, AnyStateMachine, EmittedFrom, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { begin, type Step, step } from '../machines/step.ts';
import { causeNow, performFor, type TransitionCause, type TransitionListener, transitionOf } from './observation.ts';

/** A machine that runs. */
export interface Run<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  /**
   * Gives it an event, and performs the effects. An event sent from within its own effects waits until all of them are performed.
   * Ignored after its end.
   */
  send(event: EventFromLogic<Machine>): void;
  getSnapshot(): SnapshotFrom<Machine>;
  /** True if the machine is in a state with this tag. */
  hasTag(tag: string): boolean;
  /** Ends it without any further effect. */
  stop(): void;
  /** Calls `listener` after every event. Returns how to end that. */
  subscribe(listener: (snapshot: SnapshotFrom<Machine>) => void): () => void;
}

/**
 * Place of an exception: in a performed effect, in a listener (an observer, a subscriber, or `ended`), or in a step of the
 * machine itself.
 */
export type FailurePoint = 'effect' | 'listener' | 'step';

/** Options for running a machine. */
export interface RunOptions<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly input: InputFrom<Machine>;
  /** Performs one effect. May report back at once: events queue. */
  readonly perform: (effect: EmittedFrom<Machine>) => void;
  /** Called when the machine has ended, after its last effects. */
  readonly ended?: () => void;
  /** Called when it starts; returns a listener for its transitions, called before the effects are performed. */
  readonly observe?: (() => TransitionListener) | undefined;
  /**
   * Called with exceptions of effects, listeners and steps. The machine performs its other effects and continues; an event whose
   * step throws is ignored. Default: an unhandled rejection, which ends a Node process, so a server always passes its own
   * handler.
   */
  readonly failed?: ((error: unknown, at: FailurePoint) => void) | undefined;
}

/** Waiting event of a machine. */
interface PendingEvent {
  readonly event: { readonly type: string };
  readonly cause: TransitionCause | undefined;
}

/** XState's names of the initial event, and of the one that stops a machine. */
const [init, stop] = ['xstate.init', 'xstate.stop'];

const reject = (error: unknown) => void Promise.reject(error);

/**
 * Runs a machine: takes its steps one after another, and has their effects performed.
 *
 * For machines that only emit effects. Invoked and spawned actors, delays and custom actions do not run here; use `createActor`
 * for those.
 *
 * @throws the error of the machine's context factory at the start.
 */
export function run<Machine extends AnyStateMachine>(options: RunOptions<Machine>): Run<Machine> {
  const { machine, input, perform, ended, failed = reject } = options;
  let observe: TransitionListener | undefined;
  try {
    observe = options.observe?.();
  } catch (error) {
    failed(error, 'listener');
  }
  const listeners = new Set<(snapshot: SnapshotFrom<Machine>) => void>();
  let waiting: PendingEvent[] = [];
  let isBusy = false;
  let seq = 0;
  let snapshot: AnyMachineSnapshot;

  /** Calls something that is not this machine's. What it throws is no reason to stop. */
  const call = <Argument>(it: ((argument: Argument) => void) | undefined, argument: Argument, at: FailurePoint) => {
    try {
      it?.(argument);
    } catch (error) {
      failed(error, at);
    }
  };

  /** Performs effects in order. */
  const performAll = (effects: Step<AnyStateMachine>['effects']) => {
    if (effects.length === 0) return;
    const own = observe && { running: observed, seq, effect: 0 };
    // An unobserved machine is skipped: its effects are attributed to the machine that caused them.
    const outer = own && performFor(own);
    for (let effect = 0; effect < effects.length; effect += 1) {
      if (own !== undefined) own.effect = effect;
      call(perform, effects[effect] as EmittedFrom<Machine>, 'effect');
    }
    if (own !== undefined) performFor(outer);
  };

  const take = ({ event, cause }: PendingEvent, from: unknown, stepped: Step<AnyStateMachine>) => {
    const { snapshot: next, effects } = stepped;
    snapshot = next;
    seq += 1;
    const { status } = next;
    if (observe) call(observe, transitionOf(stepped, { running: observed, seq, event, from, cause }), 'listener');
    performAll(effects);
    if (status !== 'stopped')
      for (const listener of listeners) call(listener, next as SnapshotFrom<Machine>, 'listener');
    if (status === 'active') return;
    waiting = [];
    listeners.clear();
    call(ended, undefined, 'listener');
  };

  const hearAll = () => {
    for (let heard = waiting.shift(); heard !== undefined; heard = waiting.shift()) {
      try {
        take(heard, snapshot.value, step<AnyStateMachine>(machine, snapshot, heard.event));
      } catch (error) {
        failed(error, 'step');
      }
    }
    isBusy = false;
  };

  const hear = (event: { readonly type: string }) => {
    waiting.push({ event, cause: causeNow() });
    if (isBusy) return;
    isBusy = true;
    hearAll();
  };

  const running: Run<Machine> = {
    machine,
    send(event) {
      if (snapshot.status === 'active') hear(event);
    },
    getSnapshot: () => snapshot as SnapshotFrom<Machine>,
    hasTag: (tag) => snapshot.hasTag(tag),
    stop() {
      if (snapshot.status !== 'active') return;
      waiting = [];
      hear({ type: stop });
    },
    subscribe(listener) {
      if (snapshot.status === 'active') listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const observed = running as unknown as Run<AnyStateMachine>;

  const first = begin<AnyStateMachine>(machine, input);
  if (first.snapshot.status === 'error') throw first.snapshot.error;
  snapshot = first.snapshot;
  isBusy = true;
  const event = { type: init, ...(input !== undefined && { input }) };
  take({ event, cause: causeNow() }, undefined, first);
  hearAll();
  return running;
}
